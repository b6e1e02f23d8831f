using NodeGate.Benchmarks;
using NodeGate.Benchmarks.Bundles;
using NodeGate.Benchmarks.Bursts;
using NodeGate.Benchmarks.Daemon;
using NodeGate.Benchmarks.Relay;
using NodeGate.Benchmarks.Report;
using NodeGate.Benchmarks.Reviews;
using NodeGate.Testing.RealParts;

// `make bench`: issue 2, "Must show" 8, issue 3, "Must show" 4, and issues 4 and 5, "Must show" 5. Prints tables and writes
// artifacts/bench/results.json. Exits 0 whether the targets are met or
// not, 2 when a part is missing. Everything is measured on the published file (artifacts/publish/nodegate, or $NODEGATE_BINARY).
//
// results.json, all times in the unit that the name ends with:
//   run        when, how long, on how many cores, the load averages (above the number of cores: other work disturbed it), which file
//   targets[]  name, wanted, measured, met
//   relay[]    party (containerd directly, nginx, nodegate) and streams (calls open at a time on one connection); the medians of its
//              rounds, the rounds in their order; a round: requestsPerSecond, meanMicros, medianMicros and p99Micros of a call's time as
//              h2load saw it, cpuMicrosPerCall of the party's own process. …ToNginx: the median over the rounds of this party's value
//              divided by nginx's of the same round.
//   decisions[] kind (Cold: first pull by tag; WarmByTag: again; WarmByDigest: by its digest), format (Legacy: cosign 2.5, Bundle:
//              cosign 3.1), keys (authorities with one key each, of which the last is the signer), registryDelayMs (added to every answer
//              of the registry), requests (of the gate, not of containerd's own pull; the worst of the samples), rounds (longest chain of
//              requests of which each waited for the one before; null where the registry is too near to tell), decisionMs (the audit
//              log's durationMs), pullMs (all that the caller waited: the decision, the audit log's fsync, containerd's pull, the tag's
//              name), samples[] with each request and its status
//   firstDecision  the first pull of the daemon's life, when nothing is compiled to the end and no connection is open
//   verify[]   `nodegate verify` and `cosign verify` of the same image, each a process of its own: start of the process included
//   daemon     startToReadyMs (start of the process until ImageFsInfo is answered by containerd through the socket), starts[] (each),
//              idle (10 s after the start), afterLoad (10 s after the relay's load), atTheEnd: rssKiB (VmRSS), anonymousKiB (RssAnon),
//              peakKiB (VmHWM), threads
//
//   bundles[]  kind; …PerSecond: verifications a second in each round, of NodeGate and of sigstore-js on one thread, and sets of the bare
//              signature verifications of such a bundle; toSigstoreJs and timeToBare: medians of the rounds' ratios, null where there is
//              nothing to compare with; bytesPerVerification: what NodeGate allocates
//
//   bursts     series[]: party, phase (ColdPulls, WarmPulls: many different images at once, never seen and then again by tag; ColdPods, WarmPods: pods of
//              a few images, both endpoints on the party's socket), medians over the rounds of medianMs, p99Ms and totalMs; addedP99Ms: of
//              the rounds' differences to containerd alone; daemon: the memory of the gating daemon after all of them
//
//   reviews    the webhook over TLS: startToReadyMs, starts[]; series[]: party (nginx answers a fixed text), phase (Cold: /mutate, never seen; WarmByTag:
//              /mutate, in the ledger; WarmByDigest: /validate of what was pinned), callers (at a time, over one connection), medians over the rounds of
//              perSecond, medianMs and p99Ms; toNginx: of the rounds' ratios of perSecond; idle (10 s after the start), atTargetCallers (after
//              those of 16) and daemon: its memory
//
// NodeGate.Benchmarks bundles, bursts or reviews measures these alone, and writes no file.
// NodeGate.Benchmarks relay LISTEN-SOCKET UPSTREAM-SOCKET runs the wire alone, for h2load by hand.
switch (args)
{
    case ["relay", var listen, var upstream]:
        return await BareRelay.RunAsync(listen, upstream);
    case ["bundles"]:
        ConsoleReport.Write(await BundleBench.RunAsync(), Console.Out);
        return 0;
    case ["bursts"]:
        await PublishedBinary.EnsureAsync();
        ConsoleReport.Write(await BurstBench.RunAsync(), Console.Out);
        return 0;
    case ["reviews"]:
        await PublishedBinary.EnsureAsync();
        ConsoleReport.Write(await ReviewBench.RunAsync(), Console.Out);
        return 0;
    case []:
        break;
    default:
        await Console.Error.WriteLineAsync("usage: NodeGate.Benchmarks [bundles | bursts | reviews | relay LISTEN-SOCKET UPSTREAM-SOCKET]");
        return 64;
}

string[] parts = ["root", "containerd-2.1", "nginx", "h2load", "cosign-2", "cosign-3", "crane", "busybox", "sigstore-js"];
if (Tools.MissingReason(parts) is { } missing)
{
    await Console.Error.WriteLineAsync($"bench: {missing}");
    return 2;
}

var results = await Bench.RunAsync();
ConsoleReport.Write(results, Console.Out);
Console.WriteLine($"Written: {Path.GetRelativePath(Tools.Repository, ResultsFile.Write(results))}");
return 0;
