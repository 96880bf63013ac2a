package dev.thalweg.spark;

import dev.thalweg.text.PrintableText;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Which columns of tables in the form of Hugging Face hold the pictures and their classes.
 *
 * @param image the column of the bytes, with the one around it: {@code image.bytes}
 * @param label the column of the classes
 */
record ParquetColumns(String image, String label) {
    private static final String IMAGE = "image";
    private static final String LABEL = "label";
    private static final String BYTES = "bytes";

    /**
     * Finds those called {@code image} and {@code label}; else the only one of bytes, and the only one of which the
     * metadata have class names, as the reader of one machine does.
     *
     * @throws IllegalArgumentException if there are none
     */
    static ParquetColumns of(String place, StructType schema, Set<String> classColumns) {
        List<String> images = Arrays.stream(schema.fields())
                .filter(field -> bytes(field).isPresent())
                .map(StructField::name)
                .toList();
        List<String> labels = Arrays.stream(schema.fields())
                .filter(field -> StagedTargets.isName(field.dataType()))
                .map(StructField::name)
                .toList();
        String image = chosen(IMAGE, images, images)
                .orElseThrow(() -> absent(place, IMAGE + " of bytes, or of {bytes, path}", schema));
        String label = chosen(
                        LABEL,
                        labels,
                        labels.stream().filter(classColumns::contains).toList())
                .orElseThrow(() -> absent(place, LABEL + " of whole numbers or text", schema));
        return new ParquetColumns(bytes(schema.apply(image)).orElseThrow(), label);
    }

    private static Optional<String> chosen(String name, List<String> named, List<String> only) {
        return named.contains(name)
                ? Optional.of(name)
                : Optional.of(only).filter(one -> one.size() == 1).map(List::getFirst);
    }

    /** {@return the column of a picture's bytes in this one, quoted; empty if it holds no pictures} */
    private static Optional<String> bytes(StructField field) {
        DataType type = field.dataType();
        if (type.equals(DataTypes.BinaryType)) {
            return Optional.of(quoted(field.name()));
        }
        boolean hasBytes = type instanceof StructType struct
                && Stream.of(struct.fields())
                        .anyMatch(child ->
                                child.name().equals(BYTES) && child.dataType().equals(DataTypes.BinaryType));
        return hasBytes ? Optional.of(quoted(field.name()) + "." + BYTES) : Optional.empty();
    }

    /** {@return a column's name as Spark takes it where it has a dot} */
    static String quoted(String name) {
        return "`" + name.replace("`", "``") + "`";
    }

    private static IllegalArgumentException absent(String place, String expected, StructType schema) {
        String got = Arrays.stream(schema.fields())
                .map(field -> field.name() + " (" + field.dataType().simpleString() + ")")
                .collect(Collectors.joining(", "));
        return new IllegalArgumentException(
                place + ": expected a column " + expected + ", got the columns " + PrintableText.shortened(got, 1000));
    }
}
