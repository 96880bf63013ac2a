package dev.thalweg.interop.keras;

import io.jhdf.object.datatype.FloatingPoint;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * An array of floating-point numbers in an HDF5 file.
 *
 * @param dims the extents
 * @param type of half, single or double precision
 * @param data its bytes, as many as the extents ask for
 */
record Hdf5Array(List<Integer> dims, FloatingPoint type, ByteBuffer data) {
    /** {@return whether a type is one of IEEE 754's formats, as NumPy writes them} */
    static boolean isRead(FloatingPoint type) {
        return type.getExponentSize()
                == switch (type.getSize()) {
                    case Short.BYTES -> 5;
                    case Float.BYTES -> 8;
                    case Double.BYTES -> 11;
                    default -> -1;
                };
    }

    /** {@return the numbers, row-major, rounded to single precision} */
    float[] values() {
        ByteBuffer bytes = data.duplicate().order(type.getByteOrder());
        float[] values = new float[bytes.remaining() / type.getSize()];
        switch (type.getSize()) {
            case Short.BYTES -> {
                for (int i = 0; i < values.length; i++) {
                    values[i] = Float.float16ToFloat(bytes.getShort());
                }
            }
            case Float.BYTES -> bytes.asFloatBuffer().get(values);
            default -> {
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) bytes.getDouble();
                }
            }
        }
        return values;
    }
}
