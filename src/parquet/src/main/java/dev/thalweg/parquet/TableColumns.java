package dev.thalweg.parquet;

import dev.hardwood.metadata.LogicalType;
import dev.hardwood.metadata.PhysicalType;
import dev.hardwood.metadata.RepetitionType;
import dev.hardwood.reader.ColumnReader;
import dev.hardwood.reader.ColumnReaders;
import dev.hardwood.schema.ColumnProjection;
import dev.hardwood.schema.FileSchema;
import dev.hardwood.schema.SchemaNode;
import dev.thalweg.io.BadFileException;
import dev.thalweg.text.PrintableText;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which columns of a table hold the pictures and their classes.
 *
 * @param picture column of the bytes, with the structure around it: {@code image.bytes}
 * @param label column of the classes
 */
record TableColumns(String picture, String label) {
    private static final String IMAGE = "image";
    private static final String LABEL = "label";
    private static final String BYTES = "bytes";

    /**
     * Finds those called {@code image} and {@code label}; else the only one of bytes, and the only one that the
     * metadata calls one of classes.
     */
    static TableColumns of(Path file, FileSchema schema, Set<String> classColumns) throws BadFileException {
        List<SchemaNode> columns = schema.getRootNode().children();
        List<SchemaNode> pictures =
                columns.stream().filter(c -> bytes(c).isPresent()).toList();
        List<SchemaNode> labels = columns.stream().filter(TableColumns::isLabel).toList();
        SchemaNode picture = named(IMAGE, pictures)
                .or(() -> sole(pictures))
                .orElseThrow(() -> bad(file, "column " + IMAGE + " of bytes, or of {bytes, path}", columns));
        SchemaNode label = named(LABEL, labels)
                .or(() -> sole(labels.stream()
                        .filter(column -> classColumns.contains(column.name()))
                        .toList()))
                .orElseThrow(
                        () -> bad(file, "column " + LABEL + " of whole numbers or text, one for each row", columns));
        return new TableColumns(bytes(picture).orElseThrow(), label.name());
    }

    private static Optional<SchemaNode> named(String name, List<SchemaNode> columns) {
        return columns.stream().filter(column -> column.name().equals(name)).findFirst();
    }

    private static Optional<SchemaNode> sole(List<SchemaNode> columns) {
        return columns.size() == 1 ? Optional.of(columns.getFirst()) : Optional.empty();
    }

    /** {@return the column of a picture's bytes within this one; empty if it holds no pictures} */
    private static Optional<String> bytes(SchemaNode column) {
        return switch (column) {
            case SchemaNode.PrimitiveNode node when isOnce(node) && isBytes(node) -> Optional.of(node.name());
            case SchemaNode.GroupNode group
            when isOnce(group) && group.isStruct() ->
                group.children().stream()
                        .filter(child -> child.name().equals(BYTES))
                        .flatMap(child -> bytes(child).stream())
                        .map(child -> group.name() + "." + child)
                        .findFirst();
            default -> Optional.empty();
        };
    }

    private static boolean isOnce(SchemaNode node) {
        return node.repetitionType() != RepetitionType.REPEATED;
    }

    private static boolean isBytes(SchemaNode.PrimitiveNode node) {
        return node.type() == PhysicalType.BYTE_ARRAY && !(node.logicalType() instanceof LogicalType.StringType);
    }

    private static boolean isLabel(SchemaNode column) {
        return column instanceof SchemaNode.PrimitiveNode node
                && isOnce(node)
                && switch (node.type()) {
                    case INT32, INT64 -> true;
                    case BYTE_ARRAY -> node.logicalType() instanceof LogicalType.StringType;
                    default -> false;
                };
    }

    private static BadFileException bad(Path file, String expected, List<SchemaNode> columns) {
        String got = columns.stream()
                .map(column -> column.name() + " (" + kind(column) + ")")
                .collect(Collectors.joining(", "));
        return new BadFileException(
                file, "expected a " + expected + ", got the columns " + PrintableText.shortened(got, 1000));
    }

    private static String kind(SchemaNode column) {
        return switch (column) {
            case SchemaNode.PrimitiveNode node when !isOnce(node) -> "several " + node.type();
            case SchemaNode.PrimitiveNode node ->
                node.logicalType() instanceof LogicalType.StringType
                        ? "text"
                        : node.type().toString();
            case SchemaNode.GroupNode group when group.isList() -> "list";
            case SchemaNode.GroupNode group ->
                group.children().stream().map(SchemaNode::name).collect(Collectors.joining(", ", "{", "}"));
        };
    }

    ColumnProjection projection() {
        return ColumnProjection.columns(picture, label);
    }

    ColumnReader pictureOf(ColumnReaders readers) {
        return readers.getColumnReader(picture);
    }

    ColumnReader labelOf(ColumnReaders readers) {
        return readers.getColumnReader(label);
    }
}
