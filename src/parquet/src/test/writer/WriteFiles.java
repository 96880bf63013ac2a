import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;

/**
 * Writes the recorded tables by Apache's own writer, parquet-java 1.18.1 (org.apache.parquet:parquet-hadoop, with
 * org.apache.hadoop:hadoop-client-api and -runtime 3.4.1 beside it on the class path), which is not what reads them:
 * {@code java -cp ... WriteFiles.java DIRECTORY}.
 */
final class WriteFiles {
    private static final String STRUCTURE =
            "optional group image { optional binary bytes; optional binary path (UTF8); } ";
    private static final String PLAIN = "optional binary image; ";
    private static final String NUMBER = "optional int64 label; ";
    private static final String TEXT = "optional binary label (UTF8); ";
    private static final String NAMES = """
            {"info": {"features": {"image": {"_type": "Image"}, \
            "LABEL": {"names": ["red", "green/dark", "blue"], "_type": "ClassLabel"}}}}""";
    private static final int[] COLOURS = {0xff0000, 0x008000, 0x0000ff};

    private static Path directory;

    /** How a table is written. */
    private record How(
            CompressionCodecName codec, WriterVersion version, boolean dictionary, int rowsPerGroup, String label) {
        static final How USUAL = new How(CompressionCodecName.SNAPPY, WriterVersion.PARQUET_1_0, true, 4, "label");

        How codec(CompressionCodecName other) {
            return new How(other, version, dictionary, rowsPerGroup, label);
        }

        How version(WriterVersion other) {
            return new How(codec, other, dictionary, rowsPerGroup, label);
        }

        How noDictionary() {
            return new How(codec, version, false, rowsPerGroup, label);
        }

        How label(String other) {
            return new How(codec, version, dictionary, rowsPerGroup, other);
        }
    }

    /** Fills a row. */
    @FunctionalInterface
    private interface Filler {
        void fill(Group row, int number) throws IOException;
    }

    private static byte[] picture(int number) throws IOException {
        BufferedImage image = new BufferedImage(6, 4, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(new Color(COLOURS[number % 3] ^ number << 8));
        graphics.fillRect(0, 0, 6, 4);
        graphics.dispose();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "png", bytes);
        return bytes.toByteArray();
    }

    private static Binary bytes(int number) throws IOException {
        return Binary.fromConstantByteArray(picture(number));
    }

    private static void write(String name, String columns, How how, int from, int to, Filler filler)
            throws IOException {
        MessageType schema = MessageTypeParser.parseMessageType("message schema { " + columns + "}");
        SimpleGroupFactory groups = new SimpleGroupFactory(schema);
        try (ParquetWriter<Group> writer = ExampleParquetWriter.builder(
                        new LocalOutputFile(directory.resolve(name + ".parquet")))
                .withWriteMode(ParquetFileWriter.Mode.OVERWRITE)
                .withConf(new Configuration(false))
                .withType(schema)
                .withCompressionCodec(how.codec())
                .withWriterVersion(how.version())
                .withDictionaryEncoding(how.dictionary())
                .withRowGroupRowCountLimit(how.rowsPerGroup())
                .withPageRowCountLimit(3)
                .withExtraMetaData(Map.of("huggingface", NAMES.replace("LABEL", how.label())))
                .build()) {
            for (int number = from; number < to; number++) {
                Group row = groups.newGroup();
                filler.fill(row, number);
                writer.write(row);
            }
        }
    }

    private static void structure(Group row, int number) throws IOException {
        row.addGroup("image").append("bytes", bytes(number)).append("path", number + ".png");
        row.add("label", number % 3L);
    }

    private static void usual(String name, How how) throws IOException {
        write(name, STRUCTURE + NUMBER, how, 0, 30, WriteFiles::structure);
    }

    public static void main(String... arguments) throws IOException {
        directory = Path.of(arguments[0]);
        How usual = How.USUAL;
        usual("snappy", usual);
        usual("zstd", usual.codec(CompressionCodecName.ZSTD).noDictionary());
        usual("gzip", usual.codec(CompressionCodecName.GZIP));
        usual("uncompressed", usual.codec(CompressionCodecName.UNCOMPRESSED).noDictionary());
        usual("uncompressed-dictionary", usual.codec(CompressionCodecName.UNCOMPRESSED));
        usual("second-version", usual.version(WriterVersion.PARQUET_2_0));
        usual(
                "second-version-uncompressed",
                usual.codec(CompressionCodecName.UNCOMPRESSED)
                        .version(WriterVersion.PARQUET_2_0)
                        .noDictionary());
        write("train-00000-of-00002", STRUCTURE + NUMBER, usual, 0, 9, WriteFiles::structure);
        write("train-00001-of-00002", STRUCTURE + NUMBER, usual, 9, 18, WriteFiles::structure);
        write("validation-00000-of-00001", STRUCTURE + NUMBER, usual, 18, 24, WriteFiles::structure);
        write("test-00000-of-00001", STRUCTURE + NUMBER, usual, 24, 30, WriteFiles::structure);
        write(
                "plain",
                PLAIN + TEXT,
                usual,
                0,
                30,
                (row, number) -> row.append("image", bytes(number))
                        .append("label", new String[] {"red", "green/dark", "blue"}[number % 3]));
        write(
                "other-names",
                "optional int64 id; " + PLAIN.replace("image", "img") + "required int32 fine; ",
                usual.label("fine"),
                0,
                30,
                (row, number) -> row.append("id", (long) number)
                        .append("img", bytes(number))
                        .append("fine", number % 3));
        write("no-picture", STRUCTURE + NUMBER, usual, 0, 30, (row, number) -> {
            if (number == 5) {
                row.addGroup("image").append("path", "5.png");
            } else if (number != 7) {
                row.addGroup("image").append("bytes", bytes(number));
            }
            row.add("label", number % 3L);
        });
        write("no-label", STRUCTURE + NUMBER, usual, 0, 30, (row, number) -> {
            row.addGroup("image").append("bytes", bytes(number));
            if (number != 11) {
                row.add("label", number % 3L);
            }
        });
        write("unknown-class", STRUCTURE + NUMBER, usual, 0, 30, (row, number) -> {
            row.addGroup("image").append("bytes", bytes(number));
            row.add("label", number % 3L + number / 22);
        });
        write("none", STRUCTURE + NUMBER, usual, 0, 3, (row, number) -> {
            row.addGroup("image").append("bytes", bytes(number));
            row.add("label", -1L);
        });
        write(
                "list",
                PLAIN + "optional group label (LIST) { repeated group list { optional int64 element; } } ",
                usual,
                0,
                3,
                (row, number) -> {
                    row.append("image", bytes(number));
                    row.addGroup("label").addGroup("list").append("element", 1L);
                });
        write(
                "no-image",
                "optional double width; optional binary caption (UTF8); " + NUMBER,
                usual,
                0,
                3,
                (row, number) -> row.append("width", 1.5).append("caption", "a").append("label", 1L));
    }
}
