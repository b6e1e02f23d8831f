using NodeGate.Demo;
using NodeGate.Testing.RealParts;

// `make demo`: the main job on real parts. Exits 0 when every answer is the expected one, 1 when one differs, 2 when a part is missing.
string[] parts = ["containerd-2.1", "runc", "docker-registry", "cosign-2", "cosign-3", "crane", "busybox"];
var missing = parts.Where(part => !Tools.Has(part)).ToArray();
if (missing.Length > 0)
{
    await Console.Error.WriteLineAsync($"demo: missing {string.Join(", ", missing)}; run `make tools` (it needs apt).");
    return 2;
}

Console.WriteLine("Starting a registry, containerd, NodeGate and its webhook in a folder of their own, and signing with cosign 2.5 and 3.1 …");
await using var node = await DemoNode.StartAsync();
var screen = new Screen();
await new Scenario(node, screen).RunAsync();

screen.Heading("The audit log of these answers (one hash-chained line each, flushed before the answer)");
foreach (var line in node.NodeGate.AuditLines().Concat(node.Webhook.AuditLines()))
{
    screen.AuditLine(line);
}

Console.WriteLine();
Console.WriteLine(screen.Differences == 0
    ? $"All {screen.Answers} answers are as expected. Stopping and removing everything."
    : $"{screen.Differences} of {screen.Answers} answers DIFFER from what was expected.");
return screen.Differences == 0 ? 0 : 1;
