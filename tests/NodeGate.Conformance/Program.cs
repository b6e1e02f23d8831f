using System.CommandLine;
using NodeGate.Conformance.Bundles;
using NodeGate.Conformance.Tuf;

// The client that the public conformance suites drive. Each suite has its own protocol; exit code 0 is success, anything else is not.
var root = new RootCommand("NodeGate as a client of the public conformance suites.");
root.Subcommands.Add(VerifyBundleCommand.Create());
TufCommands.AddTo(root);
return await root.Parse(args).InvokeAsync();
