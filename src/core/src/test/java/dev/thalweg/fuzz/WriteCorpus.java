package dev.thalweg.fuzz;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/**
 * Writes the binary files of the fuzz tests' corpus, of which each was once answered wrongly or is whole, into
 * {@code src/test/resources}: {@code java -cp target/test-classes:… dev.thalweg.fuzz.WriteCorpus}. Those of text, and
 * those that a fuzzer found, are committed as they are.
 */
public final class WriteCorpus {
    private static final String F32 = "{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[%d,%d]}";

    private final Path inputs;

    private WriteCorpus(String test) {
        inputs = Path.of("src/test/resources/dev/thalweg/" + test + "FuzzTestInputs/anyBytesAreReadOrRefused");
    }

    private void put(String name, byte[] content) throws IOException {
        Files.createDirectories(inputs);
        Files.write(inputs.resolve(name), content);
    }

    private static byte[] ints(int... values) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int value : values) {
            new DataOutputStream(out).writeInt(value);
        }
        return out.toByteArray();
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] safetensors(String header, int dataBytes) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
        return joined(ints(Integer.reverseBytes(text.length), 0), text, new byte[dataBytes]);
    }

    private static String tensors(String first, String second) {
        return "{\"a\":" + first + ",\"b\":" + second + "}";
    }

    private static void writeSafetensors(WriteCorpus corpus) throws IOException {
        String first = F32.formatted("[1]", 0, 4);
        corpus.put(
                "valid",
                safetensors(
                        "{\"__metadata__\":{\"k\":\"v\"},\"a\":" + first + ",\"b\":" + F32.formatted("[]", 4, 8) + "}",
                        8));
        corpus.put("overlap", safetensors(tensors(F32.formatted("[2]", 0, 8), F32.formatted("[1]", 4, 8)), 8));
        corpus.put(
                "the-same-bytes-thrice",
                safetensors("{\"a\":" + first + ",\"b\":" + first + ",\"c\":" + first + "}", 4));
        corpus.put("gap", safetensors(tensors(first, F32.formatted("[1]", 8, 12)), 12));
        corpus.put("more-data-than-tensors", safetensors("{\"a\":" + first + "}", 8));
        corpus.put(
                "the-same-name-twice",
                safetensors("{\"a\":" + first + ",\"a\":" + F32.formatted("[1]", 4, 8) + "}", 8));
        corpus.put(
                "shape-beyond-long",
                safetensors("{\"a\":" + F32.formatted("[65536,65536,65536,65536]", 0, 0) + "}", 0));
        corpus.put("shape-of-null", safetensors("{\"a\":" + F32.formatted("[null]", 0, 4) + "}", 4));
        corpus.put(
                "offset-of-null",
                safetensors("{\"a\":" + F32.formatted("[1]", 0, 4).replace("[0,", "[null,") + "}", 4));
        corpus.put(
                "offsets-beyond-long",
                safetensors("{\"a\":" + F32.formatted("[1]", Long.MAX_VALUE, Long.MIN_VALUE) + "}", 4));
        corpus.put("tensor-of-null", safetensors("{\"a\":null}", 0));
        corpus.put("metadata-of-numbers", safetensors("{\"__metadata__\":{\"k\":1}}", 0));
        corpus.put("not-utf8", safetensors("{\"\u00ff\u00fe\":" + first + "}", 4));
        corpus.put(
                "thousand-axes",
                safetensors("{\"a\":" + F32.formatted("[" + "1,".repeat(1_000) + "1]", 0, 4) + "}", 4));
        corpus.put("header-longer-than-the-file", joined(ints(-1, -1), new byte[8]));
        corpus.put("header-of-gigabytes", joined(ints(0, 1 << 24), new byte[8]));
        corpus.put("empty", new byte[0]);
    }

    private static void writeIdx(WriteCorpus corpus) throws IOException {
        corpus.put("valid-images", joined(ints(0x803, 3, 2, 2), new byte[12]));
        corpus.put("valid-labels", joined(ints(0x801, 3), new byte[] {0, 1, 2}));
        corpus.put("pixels-beyond-int", joined(ints(0x803, 3, 65_536, 65_537), new byte[34]));
        corpus.put("pixels-of-gigabytes", joined(ints(0x803, 3, 65_536, 32_767), new byte[34]));
        corpus.put("hundred-million-images", joined(ints(0x803, 100_000_000, 1, 1), new byte[34]));
        corpus.put("images-beyond-long", ints(0x803, 100_000_000, 100_000_000, 100_000_000));
        corpus.put("hundred-million-labels", joined(ints(0x801, 100_000_000), new byte[3]));
        corpus.put("negative-count", ints(0x803, -1, 2, 2));
        corpus.put("empty", new byte[0]);
        // gzip's magic number and method, and nothing that could be read of it.
        corpus.put("gzip-header", HexFormat.of().parseHex("1f8b08"));
    }

    private static byte[] picture(String format, String compression, int type) throws IOException {
        BufferedImage image = new BufferedImage(9, 7, type);
        for (int i = 0; i < 63; i++) {
            image.setRGB(i % 9, i / 9, i * 0x40b07);
        }
        ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
        ImageWriteParam how = writer.getDefaultWriteParam();
        if ("progressive".equals(compression)) {
            how.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
        } else if (compression != null) {
            how.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            how.setCompressionType(compression);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ImageOutputStream stream = ImageIO.createImageOutputStream(out)) {
            writer.setOutput(stream);
            writer.write(null, new IIOImage(image, null, null), how);
        }
        writer.dispose();
        return out.toByteArray();
    }

    /** Says 10,000×10,000 in the frame header, which begins with a marker. */
    private static byte[] enlarged(byte[] jpeg, int marker) throws IOException {
        int frame = IntStream.range(0, jpeg.length)
                .filter(i -> jpeg[i] == -1 && Byte.toUnsignedInt(jpeg[i + 1]) == marker)
                .findFirst()
                .orElseThrow();
        byte[] enlarged = jpeg.clone();
        System.arraycopy(ints(10_000 << 16 | 10_000), 0, enlarged, frame + 5, Integer.BYTES);
        return enlarged;
    }

    private static byte[] chunk(String type, byte[] data) throws IOException {
        byte[] content = joined(type.getBytes(StandardCharsets.ISO_8859_1), data);
        CRC32 crc = new CRC32();
        crc.update(content);
        return joined(ints(data.length), content, ints((int) crc.getValue()));
    }

    /** Of a size, a depth, a colour type and an interlacing, and no pixel. */
    private static byte[] png(int width, int height, int depth, int colors, int interlaced) throws IOException {
        return joined(
                HexFormat.of().parseHex("89504e470d0a1a0a"),
                chunk(
                        "IHDR",
                        joined(ints(width, height), new byte[] {(byte) depth, (byte) colors, 0, 0, (byte) interlaced})),
                chunk("IDAT", HexFormat.of().parseHex("789c030000000001")));
    }

    private static byte[] gif(int size) {
        String extents =
                HexFormat.of().toHexDigits(Short.reverseBytes((short) size)).repeat(2);
        return HexFormat.of()
                .parseHex("474946383961" + extents + "800000" + "000000ffffff" + "2c00000000" + extents + "00"
                        + "0202440100" + "3b");
    }

    private static void writePictures(WriteCorpus corpus) throws IOException {
        byte[] jpeg = picture("jpg", null, BufferedImage.TYPE_INT_RGB);
        byte[] progressive = picture("jpg", "progressive", BufferedImage.TYPE_INT_RGB);
        corpus.put("valid.png", picture("png", null, BufferedImage.TYPE_INT_ARGB));
        corpus.put("valid-grey16.png", picture("png", null, BufferedImage.TYPE_USHORT_GRAY));
        corpus.put("valid-palette.png", picture("png", null, BufferedImage.TYPE_BYTE_INDEXED));
        corpus.put("valid.jpg", jpeg);
        corpus.put("valid-grey.jpg", picture("jpg", null, BufferedImage.TYPE_BYTE_GRAY));
        corpus.put("valid-progressive.jpg", progressive);
        corpus.put("valid.gif", picture("gif", null, BufferedImage.TYPE_BYTE_INDEXED));
        corpus.put("valid.bmp", picture("bmp", null, BufferedImage.TYPE_INT_RGB));
        corpus.put("valid-runs.bmp", picture("bmp", "BI_RLE8", BufferedImage.TYPE_BYTE_INDEXED));
        corpus.put("valid.tiff", picture("tiff", null, BufferedImage.TYPE_INT_RGB));
        corpus.put("valid-lzw.tiff", picture("tiff", "LZW", BufferedImage.TYPE_INT_RGB));
        corpus.put("valid-jpeg.tiff", picture("tiff", "JPEG", BufferedImage.TYPE_INT_RGB));
        corpus.put("valid.ppm", joined("P6 9 7 255\n".getBytes(StandardCharsets.ISO_8859_1), new byte[189]));
        corpus.put("valid-plain.pgm", ("P2 # a\n2 1 9\n3 4\n").getBytes(StandardCharsets.ISO_8859_1));
        corpus.put("huge.png", png(20_000, 20_000, 8, 2, 0));
        corpus.put("most-pixels.png", png(10_000, 10_000, 8, 2, 0));
        corpus.put("most-pixels-of-16-bits.png", png(10_000, 10_000, 16, 6, 1));
        corpus.put("most-pixels-of-1-bit.png", png(10_000, 10_000, 1, 0, 0));
        corpus.put("one-row-of-pixels.png", png(100_000_000, 1, 16, 6, 0));
        corpus.put("one-column-of-pixels.png", png(1, 100_000_000, 8, 2, 0));
        corpus.put("huge.gif", gif(65_535));
        corpus.put("most-pixels.gif", gif(10_000));
        corpus.put(
                "most-pixels.bmp",
                HexFormat.of()
                        .parseHex("424d3600000000000000360000002800000010270000102700000100180000000000"
                                + "00".repeat(20)));
        corpus.put("most-pixels.ppm", "P6 10000 10000 65535\n".getBytes(StandardCharsets.ISO_8859_1));
        corpus.put("plain-of-one-value.pgm", "P2 10000 10000 255\n1".getBytes(StandardCharsets.ISO_8859_1));
        corpus.put("most-pixels.jpg", enlarged(jpeg, 0xc0));
        corpus.put("most-pixels-progressive.jpg", enlarged(progressive, 0xc2));
    }

    /**
     * Writes them.
     *
     * @param arguments none
     * @throws IOException if one cannot be written
     */
    public static void main(String[] arguments) throws IOException {
        writeSafetensors(new WriteCorpus("format/Safetensors"));
        writeIdx(new WriteCorpus("data/Idx"));
        writePictures(new WriteCorpus("data/Pictures"));
    }
}
