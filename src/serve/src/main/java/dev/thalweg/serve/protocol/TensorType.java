package dev.thalweg.serve.protocol;

import dev.thalweg.text.PrintableText;
import java.util.Arrays;

/** The types of elements, by the protocol's names, that networks of pictures take or yield. */
public enum TensorType {
    /** A byte from 0 to 255, of a picture. */
    UINT8(1),
    /** A float, as a network sees it or yields it. */
    FP32(Float.BYTES);

    private final int bytes;

    TensorType(int bytes) {
        this.bytes = bytes;
    }

    /** {@return how many bytes an element takes in the binary extension} */
    public int bytes() {
        return bytes;
    }

    static TensorType of(String tensor, String name) throws ProtocolException {
        return Arrays.stream(values())
                .filter(type -> type.name().equals(name))
                .findFirst()
                .orElseThrow(() -> ProtocolException.ofInput(
                        tensor, "expected a datatype UINT8 or FP32, got \"" + PrintableText.excerpt(name) + '"'));
    }
}
