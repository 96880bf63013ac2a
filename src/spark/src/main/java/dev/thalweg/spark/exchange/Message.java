package dev.thalweg.spark.exchange;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What one replica tells another.
 *
 * @param kind what it is
 * @param exchange of which exchange, all of which are counted from 0 in all replicas alike
 * @param from the rank of who tells it
 * @param body bytes, in the byte order that all machines of a cluster share
 */
record Message(Kind kind, long exchange, int from, ByteBuffer body) {
    /** Kinds of messages. */
    enum Kind {
        /** A replica's own numbers in the part of a sum that the receiver forms. */
        SUMMANDS(1),
        /** The part of a sum that the sender has formed. */
        SUMS(2),
        /** What a replica has, for all to know. */
        OWN(3),
        /** The sender is alive; the body says how many nanoseconds it has waited for others. */
        HEARTBEAT(4),
        /** The sender cannot go on; the body says why, in UTF-8. */
        FAILED(5);

        private final byte code;

        Kind(int code) {
            this.code = (byte) code;
        }

        private static Kind of(byte code) {
            return Arrays.stream(values())
                    .filter(kind -> kind.code == code)
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("there is no kind of message " + code));
        }
    }

    private static final int HEADER = Byte.BYTES + Long.BYTES + Integer.BYTES;

    /** {@return what stands before the body} */
    ByteBuffer header() {
        return ByteBuffer.allocate(HEADER)
                .put(kind.code)
                .putLong(exchange)
                .putInt(from)
                .flip();
    }

    /**
     * {@return a message as it came}
     *
     * @param bytes header and body
     * @throws IllegalArgumentException if it is none
     */
    static Message of(ByteBuffer bytes) {
        if (bytes.remaining() < HEADER) {
            throw new IllegalArgumentException(
                    "expected a message of at least " + HEADER + " bytes, got " + bytes.remaining());
        }
        return new Message(Kind.of(bytes.get()), bytes.getLong(), bytes.getInt(), bytes.slice());
    }
}
