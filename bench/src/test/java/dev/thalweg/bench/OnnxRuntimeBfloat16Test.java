package dev.thalweg.bench;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/**
 * ONNX Runtime convolves in bf16 on no CPU, so that it is compared in f32 and in 8 bits. Where this fails, a newer one
 * does: then it is to be compared in bf16 too.
 */
class OnnxRuntimeBfloat16Test {
    /** Of {@code onnx.proto}'s {@code TensorProto.DataType}. */
    private static final int FLOAT = 1;

    private static final int BFLOAT16 = 16;

    @Test
    void convolvesInF32() {
        assertDoesNotThrow(() -> open(FLOAT));
    }

    @Test
    void doesNotConvolveInBf16() {
        OrtException refusal = assertThrows(OrtException.class, () -> open(BFLOAT16));
        assertEquals(OrtException.OrtErrorCode.ORT_NOT_IMPLEMENTED, refusal.getCode(), refusal.getMessage());
    }

    private static void open(int type) throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions();
                OrtSession session = OrtEnvironment.getEnvironment().createSession(convolution(type), options)) {
            assertEquals(1, session.getNumOutputs());
        }
    }

    /** A model of one convolution; the numbers are those of the fields in {@code onnx.proto}. */
    private static byte[] convolution(int type) {
        byte[] node = join(text(1, "x"), text(1, "w"), text(2, "y"), text(4, "Conv"));
        byte[] graph = join(
                bytes(1, node),
                text(2, "convolution"),
                bytes(11, value("x", type)),
                bytes(11, value("w", type)),
                bytes(12, value("y", type)));
        // Its operators of version 22 are the first to have convolutions in bf16.
        return join(number(1, 10), bytes(7, graph), bytes(8, number(2, 22)));
    }

    private static byte[] value(String name, int type) {
        byte[] one = bytes(1, number(1, 1));
        byte[] tensor = join(number(1, type), bytes(2, join(one, one, one, one)));
        return join(text(1, name), bytes(2, bytes(1, tensor)));
    }

    private static byte[] number(int field, int value) {
        return new byte[] {(byte) (field << 3), (byte) value};
    }

    private static byte[] text(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] bytes(int field, byte[] value) {
        int low = value.length & 0x7f | 0x80;
        return join(new byte[] {(byte) (field << 3 | 2), (byte) low, (byte) (value.length >> 7)}, value);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
