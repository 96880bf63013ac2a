package dev.thalweg.interop.onnx.writing;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A message of protocol buffers that is being put together: how long it is, is known before it is written. */
final class ProtoFields {
    /** A field with its tag. */
    private interface Field {
        long size();

        void write(CodedOutputStream out) throws IOException;
    }

    private final List<Field> fields = new ArrayList<>();
    private long size;

    private ProtoFields add(Field field) {
        fields.add(field);
        size = Math.addExact(size, field.size());
        return this;
    }

    ProtoFields whole(int number, long value) {
        return add(new Field() {
            @Override
            public long size() {
                return CodedOutputStream.computeInt64Size(number, value);
            }

            @Override
            public void write(CodedOutputStream out) throws IOException {
                out.writeInt64(number, value);
            }
        });
    }

    ProtoFields real(int number, float value) {
        return add(new Field() {
            @Override
            public long size() {
                return CodedOutputStream.computeFloatSize(number, value);
            }

            @Override
            public void write(CodedOutputStream out) throws IOException {
                out.writeFloat(number, value);
            }
        });
    }

    ProtoFields text(int number, String value) {
        return bytes(number, ByteBuffer.wrap(value.getBytes(StandardCharsets.UTF_8)));
    }

    /** Bytes that nobody changes before they are written. */
    ProtoFields bytes(int number, ByteBuffer value) {
        return add(new Field() {
            @Override
            public long size() {
                return lengthPrefixed(number, value.remaining());
            }

            @Override
            public void write(CodedOutputStream out) throws IOException {
                out.writeTag(number, WireFormat.WIRETYPE_LENGTH_DELIMITED);
                out.writeUInt32NoTag(value.remaining());
                out.writeLazy(value.duplicate());
            }
        });
    }

    /** A message within this one, to which nothing is added any more. */
    ProtoFields message(int number, ProtoFields value) {
        return add(new Field() {
            @Override
            public long size() {
                return lengthPrefixed(number, value.size);
            }

            @Override
            public void write(CodedOutputStream out) throws IOException {
                out.writeTag(number, WireFormat.WIRETYPE_LENGTH_DELIMITED);
                out.writeUInt32NoTag(Math.toIntExact(value.size));
                value.write(out);
            }
        });
    }

    private static long lengthPrefixed(int number, long length) {
        return CodedOutputStream.computeTagSize(number) + CodedOutputStream.computeUInt64SizeNoTag(length) + length;
    }

    /** In bytes. */
    long size() {
        return size;
    }

    /** Writes the fields in their order; of at most 2³¹ − 1 bytes. */
    void write(CodedOutputStream out) throws IOException {
        for (Field field : fields) {
            field.write(out);
        }
    }
}
