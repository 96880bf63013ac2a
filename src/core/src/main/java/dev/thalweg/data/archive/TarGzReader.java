package dev.thalweg.data.archive;

import java.io.IOException;
import java.io.InputStream;

/** Reads {@code .tar.gz} archives. Found by {@link java.util.ServiceLoader}. */
public interface TarGzReader {
    /** Is shown the members one after the other. */
    @FunctionalInterface
    interface Visitor {
        /**
         * Looks at a member.
         *
         * @param member what the archive says of it
         * @param content its bytes; what is not read of them is passed over
         * @throws IOException if they cannot be read; ends the reading
         */
        void visit(ArchiveMember member, InputStream content) throws IOException;
    }

    /**
     * Goes through an archive's members in their order.
     *
     * @param archive its bytes, from the first one on; not closed
     * @param mostBytes how many it may have when it is decompressed
     * @param visitor is shown each member
     * @throws IOException if it is damaged or cut off, holds more, or spends far more bytes than a file's name takes on
     *     what describes a member
     */
    void read(InputStream archive, long mostBytes, Visitor visitor) throws IOException;
}
