using System.Buffers.Binary;

namespace NodeGate.CriProxy.Wire.Http2;

/// <content>SETTINGS that arrive.</content>
internal abstract partial class Http2Connection
{
    private void HandleSettings(in FrameHeader frame, ReadOnlySpan<byte> payload)
    {
        RequireConnection(frame);
        if (frame.Has(FrameFlags.Ack))
        {
            RequireLength(frame, 0);
            return;
        }

        if (payload.Length % 6 != 0)
        {
            throw new Http2Exception(Http2ErrorCode.FrameSizeError, $"SETTINGS has {payload.Length} bytes, not a multiple of 6");
        }

        if (_settings.IsExceeded(Limits.SettingsPerInterval, Limits.FloodInterval, Time))
        {
            throw new Http2Exception(Http2ErrorCode.EnhanceYourCalm, $"more than {Limits.SettingsPerInterval} SETTINGS frames in {Limits.FloodInterval.TotalSeconds} s");
        }

        for (; !payload.IsEmpty; payload = payload[6..])
        {
            ApplySetting((Http2Setting)BinaryPrimitives.ReadUInt16BigEndian(payload), BinaryPrimitives.ReadUInt32BigEndian(payload[2..]));
        }

        _settingsReceived = true;
        WriteFrame(FrameType.Settings, FrameFlags.Ack, 0, []);
        OnSettings();
    }

    private void ApplySetting(Http2Setting setting, uint value)
    {
        switch (setting)
        {
            case Http2Setting.HeaderTableSize:
                _encoder.SetPeerTableSize(value);
                break;
            case Http2Setting.EnablePush when value > 1:
                throw new Http2Exception(Http2ErrorCode.ProtocolError, $"SETTINGS_ENABLE_PUSH is {value}");
            case Http2Setting.MaxConcurrentStreams:
                PeerConcurrentStreams = value;
                break;
            case Http2Setting.InitialWindowSize:
                if (value > int.MaxValue)
                {
                    throw new Http2Exception(Http2ErrorCode.FlowControlError, $"SETTINGS_INITIAL_WINDOW_SIZE is {value}");
                }

                ChangeInitialWindow((int)value);
                break;
            case Http2Setting.MaxFrameSize:
                if (value is < 16_384 or > 16_777_215)
                {
                    throw new Http2Exception(Http2ErrorCode.ProtocolError, $"SETTINGS_MAX_FRAME_SIZE is {value}");
                }

                break;
            default:
                break; // RFC 9113 section 6.5.2: unknown settings are ignored
        }
    }

    private void ChangeInitialWindow(int value)
    {
        var change = (long)value - _peerInitialWindow;
        _peerInitialWindow = value;
        foreach (var stream in _streams.Values.ToArray())
        {
            var window = stream.SendWindow + change;
            if (window > int.MaxValue)
            {
                throw new Http2Exception(Http2ErrorCode.FlowControlError, $"SETTINGS_INITIAL_WINDOW_SIZE {value} overflows the window of stream {stream.Id}");
            }

            stream.SendWindow = (int)window;
            if (change > 0)
            {
                stream.Pump();
            }
        }
    }
}
