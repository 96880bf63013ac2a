package dev.thalweg.serve.protocol;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.thalweg.text.PrintableText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The numbers of a tensor in JSON, flat or in nested lists, before it is known what type they are of: whole numbers
 * from 0 to 255 are floats too.
 */
final class NumberList {
    private static final int BYTE_MAX = 255;

    private float[] numbers = new float[256];
    private int count;
    private boolean areBytes = true;

    /** Reads a list, the beginning of which is the parser's token. */
    static NumberList read(JsonParser parser) throws IOException, ProtocolException {
        NumberList list = new NumberList();
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw new ProtocolException("expected the data of an input as a list of numbers");
        }
        int depth = 1;
        while (depth > 0) {
            switch (parser.nextToken()) {
                case START_ARRAY -> depth++;
                case END_ARRAY -> depth--;
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> list.add(parser);
                case null, default ->
                    throw new ProtocolException(
                            "expected the data of an input as numbers, got " + PrintableText.excerpt(parser.getText()));
            }
        }
        return list;
    }

    private void add(JsonParser parser) throws IOException {
        float number = (float) parser.getDoubleValue();
        areBytes &= parser.currentToken() == JsonToken.VALUE_NUMBER_INT && number >= 0 && number <= BYTE_MAX;
        if (count == numbers.length) {
            numbers = Arrays.copyOf(numbers, Math.multiplyExact(count, 2));
        }
        numbers[count++] = number;
    }

    ByteBuffer of(String tensor, TensorType type) throws ProtocolException {
        ByteBuffer elements =
                ByteBuffer.allocate(Math.multiplyExact(count, type.bytes())).order(ByteOrder.nativeOrder());
        switch (type) {
            case FP32 -> {
                for (int i = 0; i < count; i++) {
                    if (!Float.isFinite(numbers[i])) {
                        throw ProtocolException.ofInput(tensor, "expected numbers in the range of floats");
                    }
                }
                elements.asFloatBuffer().put(numbers, 0, count);
            }
            case UINT8 -> {
                if (!areBytes) {
                    throw ProtocolException.ofInput(tensor, "expected whole numbers from 0 to 255, as it is of UINT8");
                }
                for (int i = 0; i < count; i++) {
                    elements.put(i, (byte) numbers[i]);
                }
            }
        }
        return elements;
    }
}
