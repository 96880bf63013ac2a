package dev.thalweg.format;

import java.nio.ByteBuffer;

/** How the numbers of a tensor stand in a file, little-endian; the names are those of safetensors. */
public enum DType {
    /** Double precision. */
    F64(Double.BYTES, true) {
        @Override
        public void read(ByteBuffer from, float[] to, int begin, int end) {
            for (int i = begin; i < end; i++) {
                to[i] = (float) from.getDouble();
            }
        }
    },
    /** Single precision. */
    F32(Float.BYTES, true) {
        @Override
        public void read(ByteBuffer from, float[] to, int begin, int end) {
            from.asFloatBuffer().get(to, begin, end - begin);
        }

        @Override
        void write(float[] from, int begin, int end, ByteBuffer to) {
            to.asFloatBuffer().put(from, begin, end - begin);
            to.position(to.position() + (end - begin) * Float.BYTES);
        }
    },
    /** Half precision. */
    F16(Short.BYTES, true) {
        @Override
        public void read(ByteBuffer from, float[] to, int begin, int end) {
            for (int i = begin; i < end; i++) {
                to[i] = Float.float16ToFloat(from.getShort());
            }
        }
    },
    /** The upper half of single precision. */
    BF16(Short.BYTES, true) {
        @Override
        public void read(ByteBuffer from, float[] to, int begin, int end) {
            for (int i = begin; i < end; i++) {
                to[i] = Float.intBitsToFloat(from.getShort() << Short.SIZE);
            }
        }
    },
    /** Signed, 64 bits. */
    I64(Long.BYTES, false),
    /** Signed, 32 bits. */
    I32(Integer.BYTES, false),
    /** Signed, 16 bits. */
    I16(Short.BYTES, false),
    /** Signed, 8 bits. */
    I8(Byte.BYTES, false) {
        @Override
        void write(float[] from, int begin, int end, ByteBuffer to) {
            for (int i = begin; i < end; i++) {
                if (from[i] != (byte) from[i]) {
                    throw new IllegalArgumentException("expected integers from -128 to 127, got " + from[i]);
                }
                to.put((byte) from[i]);
            }
        }
    },
    /** Unsigned, 8 bits. */
    U8(Byte.BYTES, false),
    /** 0 or 1. */
    BOOL(Byte.BYTES, false);

    private final int bytes;
    private final boolean floating;

    DType(int bytes, boolean floating) {
        this.bytes = bytes;
        this.floating = floating;
    }

    /**
     * {@return how many bytes a number takes}
     */
    public int bytes() {
        return bytes;
    }

    /**
     * {@return whether such numbers may be weights}
     */
    public boolean isFloating() {
        return floating;
    }

    /**
     * Reads numbers, rounded to single precision where they are longer.
     *
     * @param from little-endian, at the first of them
     * @param to where they go
     * @param begin the first index there
     * @param end the first index that stays as it is
     */
    public void read(ByteBuffer from, float[] to, int begin, int end) {
        throw new IllegalStateException("numbers of type " + this + " are no weights");
    }

    /**
     * Writes numbers.
     *
     * @param from where they are
     * @param begin the first index there
     * @param end the first index that is not written
     * @param to little-endian
     * @throws IllegalArgumentException if a number is not one of this type
     */
    void write(float[] from, int begin, int end, ByteBuffer to) {
        throw new IllegalStateException("numbers of type " + this + " are not written");
    }
}
