using System.CommandLine;

namespace NodeGate.Host.Commands;

/// <summary>The options that several commands share. A new instance for each command: System.CommandLine ties one to its command.</summary>
internal static class CommonOptions
{
    /// <summary>Where the configuration is looked for when nobody says.</summary>
    internal const string DefaultConfigPath = "/etc/nodegate/config.yaml";

    internal static Option<string?> Config() => new("--config")
    {
        Description = $"Configuration file. Default: {DefaultConfigPath} where it exists, else the built-in defaults.",
        HelpName = "FILE",
    };

    internal static Option<string?> Policy() => new("--policy")
    {
        Description = "Policy file or folder; overrides the configuration's.",
        HelpName = "PATH",
    };

    internal static Option<string?> Namespace() => new("--namespace", "-n")
    {
        Description = "The namespace of the pod. Without it, rules that name namespaces do not match.",
        HelpName = "NS",
    };

    internal static Option<string> Output()
    {
        var option = new Option<string>("--output", "-o")
        {
            Description = "text or json.",
            HelpName = "text|json",
            DefaultValueFactory = _ => "text",
        };
        option.AcceptOnlyFromAmong("text", "json");
        return option;
    }

    /// <summary>Whether <see cref="Output"/> asks for JSON.</summary>
    internal static bool IsJson(ParseResult result, Option<string> output) => result.GetValue(output) == "json";

    internal static Option<string> LogFormat()
    {
        var option = new Option<string>("--log-format")
        {
            Description = "text (with journald's priorities) or json, one object a line.",
            HelpName = "text|json",
            DefaultValueFactory = _ => "text",
        };
        option.AcceptOnlyFromAmong("text", "json");
        return option;
    }

    internal static Option<string> LogLevel()
    {
        var option = new Option<string>("--log-level")
        {
            Description = "What is logged at least.",
            HelpName = "debug|info|warning|error",
            DefaultValueFactory = _ => "info",
        };
        option.AcceptOnlyFromAmong("debug", "info", "warning", "error");
        return option;
    }
}
