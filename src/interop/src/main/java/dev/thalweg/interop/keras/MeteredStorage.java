package dev.thalweg.interop.keras;

import io.jhdf.Superblock;
import io.jhdf.exceptions.HdfException;
import io.jhdf.storage.HdfBackingStorage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/**
 * The bytes of a file, of which jHDF is given views, never copies: no length that the file states makes it allocate.
 * How much may be read in all is bounded, because structures that point to each other could keep jHDF reading for
 * ever.
 */
final class MeteredStorage implements HdfBackingStorage {
    /** A whole file's structure is read a few times over at most. */
    private static final long READINGS = 64;

    private static final long LEAST_BUDGET = 1 << 20;
    /** What a reading costs besides its bytes. */
    private static final long COST = 16;

    private final ByteBuffer bytes;
    private final Superblock superblock;
    private long budget;

    MeteredStorage(ByteBuffer bytes, Superblock superblock) {
        this.bytes = bytes;
        this.superblock = superblock;
        this.budget = LEAST_BUDGET + READINGS * bytes.capacity();
    }

    /** Takes from what may be read in all. */
    void spend(long length) {
        budget -= COST + length;
        if (budget < 0) {
            throw new HdfException("its structures are read over and over again");
        }
    }

    @Override
    public ByteBuffer readBufferFromAddress(long address, int length) {
        return map(address, length);
    }

    @Override
    public ByteBuffer map(long address, long length) {
        return mapNoOffset(Math.addExact(address, superblock.getBaseAddressByte()), length);
    }

    @Override
    public ByteBuffer mapNoOffset(long address, long length) {
        if (address < 0 || length < 0 || address > bytes.capacity() || length > bytes.capacity() - address) {
            throw new HdfException("expected " + length + " bytes from byte " + address + " on, where the file has "
                    + bytes.capacity());
        }
        spend(length);
        return bytes.slice((int) address, (int) length).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public long getUserBlockSize() {
        return superblock.getBaseAddressByte();
    }

    @Override
    public Superblock getSuperblock() {
        return superblock;
    }

    @Override
    public FileChannel getFileChannel() {
        throw new HdfException("its numbers lie in another file");
    }

    @Override
    public int getSizeOfOffsets() {
        return superblock.getSizeOfOffsets();
    }

    @Override
    public int getSizeOfLengths() {
        return superblock.getSizeOfLengths();
    }

    @Override
    public void close() {}

    @Override
    public long size() {
        return bytes.capacity();
    }

    @Override
    public boolean inMemory() {
        return true;
    }
}
