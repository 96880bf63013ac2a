package dev.thalweg.interop;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Archives as {@code torch.save} writes them. */
final class TorchArchives {
    /** One tensor "w" of 2×3 that is the transpose of the 3×2 numbers 0 to 5. */
    static final byte[] TRANSPOSED = ("\u0080\2}X\1\0\0\0wctorch._utils\n_rebuild_tensor_v2\n((X\7\0\0\0storage"
                    + "ctorch\nFloatStorage\nX\1\0\0\0" + "0X\3\0\0\0cpuK\6tQK\0K\2K\3\u0086K\1K\2\u0086"
                    + "\u0089ccollections\nOrderedDict\n)RtRs.")
            .getBytes(StandardCharsets.ISO_8859_1);

    private TorchArchives() {}

    /**
     * {@return an archive}
     *
     * @param pickle what speaks of the tensors
     * @param numbers how many lie in the storage "0": 0, 1, 2 and so on
     * @param compressed whether they are, which {@code torch.save} never does
     */
    static byte[] archive(byte[] pickle, int numbers, boolean compressed) {
        ByteBuffer data = ByteBuffer.allocate(numbers * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < numbers; i++) {
            data.putFloat(i);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            entry(zip, "model/data.pkl", pickle, false);
            entry(zip, "model/byteorder", "little".getBytes(StandardCharsets.US_ASCII), false);
            entry(zip, "model/data/0", data.array(), compressed);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void entry(ZipOutputStream zip, String name, byte[] content, boolean compressed) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(compressed ? ZipEntry.DEFLATED : ZipEntry.STORED);
        if (!compressed) {
            CRC32 crc = new CRC32();
            crc.update(content);
            entry.setCrc(crc.getValue());
            entry.setSize(content.length);
        }
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
