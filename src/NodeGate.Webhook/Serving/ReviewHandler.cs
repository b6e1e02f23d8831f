using NodeGate.Webhook.Reviews;

namespace NodeGate.Webhook.Serving;

/// <summary>Judges what a request carries.</summary>
/// <param name="body">The body.</param>
/// <param name="deadline">The time that is left.</param>
/// <param name="cancellationToken">Cancelled when nobody waits for the answer any more.</param>
/// <exception cref="ReviewFormatException">It cannot be judged.</exception>
internal delegate Task<ReviewReply> ReviewHandler(ReadOnlyMemory<byte> body, TimeSpan deadline, CancellationToken cancellationToken);
