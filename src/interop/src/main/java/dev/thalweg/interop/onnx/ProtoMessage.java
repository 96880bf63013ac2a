package dev.thalweg.interop.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.DoubleConsumer;
import java.util.function.LongConsumer;

/**
 * A message of Protocol Buffers as it is read: its fields come one after the other, and those that nobody asks for are
 * passed over. Numbers may be packed or not.
 */
final class ProtoMessage {
    /** Takes a field by one of the methods of the message, or leaves it. */
    @FunctionalInterface
    interface Fields {
        /**
         * Takes a field, or not.
         *
         * @param message in which it is
         * @param number which field it is
         * @return whether it was taken
         */
        boolean take(ProtoMessage message, int number) throws IOException;
    }

    /** What stands within it may go no deeper: graphs within graphs. */
    private static final int MOST_DEPTH = 30;

    private final CodedInputStream in;
    private final int depth;

    private ProtoMessage(CodedInputStream in, int depth) {
        this.in = in;
        this.depth = depth;
    }

    /**
     * Reads a whole message.
     *
     * @param in at its first byte, ends with it
     * @param fields takes its fields
     * @throws InvalidProtocolBufferException if it is none
     */
    static void read(CodedInputStream in, Fields fields) throws IOException {
        new ProtoMessage(in, 0).each(fields);
    }

    private void each(Fields fields) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (!fields.take(this, WireFormat.getTagFieldNumber(tag))) {
                in.skipField(tag);
            }
        }
    }

    private boolean isPacked() {
        return WireFormat.getTagWireType(in.getLastTag()) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
    }

    private void expect(int wireType) throws InvalidProtocolBufferException {
        int tag = in.getLastTag();
        if (WireFormat.getTagWireType(tag) != wireType) {
            throw new InvalidProtocolBufferException("field " + WireFormat.getTagFieldNumber(tag) + " has wire type "
                    + WireFormat.getTagWireType(tag) + ", expected " + wireType);
        }
    }

    long whole() throws IOException {
        expect(WireFormat.WIRETYPE_VARINT);
        return in.readInt64();
    }

    float real() throws IOException {
        expect(WireFormat.WIRETYPE_FIXED32);
        return in.readFloat();
    }

    byte[] bytes() throws IOException {
        expect(WireFormat.WIRETYPE_LENGTH_DELIMITED);
        return in.readByteArray();
    }

    /** What is not UTF-8 in it is replaced. */
    String text() throws IOException {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    /** A message within this one. */
    void message(Fields fields) throws IOException {
        if (depth == MOST_DEPTH) {
            throw new InvalidProtocolBufferException("messages within messages go deeper than " + MOST_DEPTH);
        }
        expect(WireFormat.WIRETYPE_LENGTH_DELIMITED);
        int limit = in.pushLimit(in.readRawVarint32());
        new ProtoMessage(in, depth + 1).each(fields);
        in.checkLastTagWas(0);
        in.popLimit(limit);
    }

    /** One or, if packed, several numbers of a repeated field. */
    void wholes(LongConsumer each) throws IOException {
        if (!isPacked()) {
            each.accept(whole());
            return;
        }
        int limit = in.pushLimit(in.readRawVarint32());
        while (in.getBytesUntilLimit() > 0) {
            each.accept(in.readInt64());
        }
        in.popLimit(limit);
    }

    /** One or, if packed, several numbers of a repeated field. */
    void reals(DoubleConsumer each) throws IOException {
        if (!isPacked()) {
            each.accept(real());
            return;
        }
        int limit = in.pushLimit(in.readRawVarint32());
        while (in.getBytesUntilLimit() > 0) {
            each.accept(in.readFloat());
        }
        in.popLimit(limit);
    }

    /** The same of double precision. */
    void doubles(DoubleConsumer each) throws IOException {
        if (!isPacked()) {
            expect(WireFormat.WIRETYPE_FIXED64);
            each.accept(in.readDouble());
            return;
        }
        int limit = in.pushLimit(in.readRawVarint32());
        while (in.getBytesUntilLimit() > 0) {
            each.accept(in.readDouble());
        }
        in.popLimit(limit);
    }
}
