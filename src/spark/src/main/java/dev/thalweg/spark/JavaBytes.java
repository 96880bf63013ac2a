package dev.thalweg.spark;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/** Objects as bytes, by Java's serialization, as Spark itself sends what its parts tell each other. */
final class JavaBytes {
    private JavaBytes() {}

    static ByteBuffer of(Serializable object) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(object);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ByteBuffer.wrap(bytes.toByteArray());
    }

    /** {@return the object, of classes that the calling thread or this library knows} */
    static Object read(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return read(copy);
    }

    /** {@return the object, as of a buffer} */
    static Object read(byte[] bytes) {
        try (ObjectInputStream in = new LoadedHere(new ByteArrayInputStream(bytes))) {
            return in.readObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("a class that another process sends is not there: " + e.getMessage(), e);
        }
    }

    /** Where a jar was added to a session, its classes are known by Spark's loader and this one. */
    private static final class LoadedHere extends ObjectInputStream {
        LoadedHere(InputStream in) throws IOException {
            super(in);
        }

        @Override
        protected Class<?> resolveClass(ObjectStreamClass described) throws IOException, ClassNotFoundException {
            try {
                return Class.forName(described.getName(), false, JavaBytes.class.getClassLoader());
            } catch (ClassNotFoundException e) {
                return super.resolveClass(described);
            }
        }
    }
}
