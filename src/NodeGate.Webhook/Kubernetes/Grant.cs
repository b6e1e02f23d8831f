namespace NodeGate.Webhook.Kubernetes;

/// <summary>What an administrator types so that a refused question is answered. Only checked names stand in it.</summary>
internal static class Grant
{
    internal static string InNamespace(string role, string @namespace, string rights, string account) =>
        $"Fix: kubectl create role {role} --namespace={@namespace} {rights} && "
        + $"kubectl create rolebinding {role} --namespace={@namespace} --role={role} --serviceaccount={account}";

    internal static string InCluster(string role, string rights, string account) =>
        $"Fix: kubectl create clusterrole {role} {rights} && kubectl create clusterrolebinding {role} --clusterrole={role} --serviceaccount={account}";
}
