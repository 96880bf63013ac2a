package dev.thalweg.spark;

import dev.thalweg.tensor.TargetKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;

/**
 * The columns of targets, as the text that travels from executors to the driver, and what that text means.
 *
 * @param columns which
 * @param type of the column, or of all where there are several
 */
record StagedTargets(TargetColumns columns, DataType type) {
    private static final String TEXTS = "array<string>";

    /** {@return those of the names of folders} */
    static StagedTargets ofFolders() {
        return new StagedTargets(new TargetColumns.Classes("folder"), DataTypes.StringType);
    }

    /**
     * {@return those of rows}
     *
     * @throws IllegalArgumentException if columns are not of the types that they are to have
     */
    static StagedTargets of(TargetColumns columns, Dataset<Row> rows) {
        switch (columns) {
            case TargetColumns.Classes classes -> {
                DataType type = type(rows, classes.column());
                check(isName(type), classes.column(), "text or of whole numbers", type);
            }
            case TargetColumns.MultiLabels labels -> {
                DataType type = type(rows, labels.column());
                boolean fits = isArray(type) && isName(element(type));
                check(fits, labels.column(), "arrays of text or of whole numbers", type);
            }
            case TargetColumns.Regression(List<String> several) -> {
                boolean mayBeArray = several.size() == 1;
                for (String column : several) {
                    DataType type = type(rows, column);
                    check(
                            (mayBeArray ? element(type) : type) instanceof NumericType,
                            column,
                            mayBeArray ? "numbers or of arrays of numbers" : "numbers",
                            type);
                }
            }
        }
        return new StagedTargets(columns, type(rows, first(columns)));
    }

    /** Checks the type of the column of pictures, which travels beside these. */
    static void checkBytes(Dataset<Row> rows, String column) {
        DataType type = type(rows, column);
        check(type.equals(DataTypes.BinaryType), column, "bytes", type);
    }

    private static String first(TargetColumns columns) {
        return switch (columns) {
            case TargetColumns.Classes classes -> classes.column();
            case TargetColumns.MultiLabels labels -> labels.column();
            case TargetColumns.Regression(List<String> several) -> several.getFirst();
        };
    }

    private static DataType type(Dataset<Row> rows, String column) {
        return rows.select(rows.col(column)).schema().fields()[0].dataType();
    }

    private static boolean isNumber(DataType type) {
        return Set.of(DataTypes.ByteType, DataTypes.ShortType, DataTypes.IntegerType, DataTypes.LongType)
                .contains(type);
    }

    static boolean isName(DataType type) {
        return isNumber(type) || type.equals(DataTypes.StringType);
    }

    private static boolean isArray(DataType type) {
        return type instanceof ArrayType;
    }

    private static DataType element(DataType type) {
        return type instanceof ArrayType array ? array.elementType() : type;
    }

    private static void check(boolean fits, String column, String expected, DataType got) {
        if (!fits) {
            throw new IllegalArgumentException(
                    "expected a column \"" + column + "\" of " + expected + ", got one of " + got.simpleString());
        }
    }

    /** {@return an array of text for each row; within it null where a column has null} */
    Column text(Dataset<Row> rows) {
        return switch (columns) {
            case TargetColumns.Classes classes ->
                functions.array(rows.col(classes.column()).cast("string"));
            case TargetColumns.MultiLabels labels -> rows.col(labels.column()).cast(TEXTS);
            case TargetColumns.Regression(List<String> several) -> {
                Column numbers = isArray(type)
                        ? rows.col(several.getFirst())
                        : functions.array(several.stream().map(rows::col).toArray(Column[]::new));
                // As floats first, which text and back again do not change.
                yield numbers.cast("array<float>").cast(TEXTS);
            }
        };
    }

    /**
     * {@return what the text of pictures means}
     *
     * @throws IllegalArgumentException if there are no pictures, or it means nothing
     */
    PictureTargets read(List<StagedPicture> found) {
        PictureTargets targets = switch (columns) {
            case TargetColumns.Classes classes -> classes(classes.names(), found);
            case TargetColumns.MultiLabels labels -> labels(labels.names(), found);
            case TargetColumns.Regression(List<String> several) -> numbers(isArray(type) ? List.of() : several, found);
        };
        if (found.isEmpty()) {
            throw new IllegalArgumentException("expected pictures, got none");
        }
        // Names that are no names, and numbers that are not finite, are told now rather than on an executor.
        var _ = targets.targets();
        return targets;
    }

    private PictureTargets classes(List<String> given, List<StagedPicture> found) {
        Set<String> texts =
                found.stream().flatMap(picture -> picture.targets().stream()).collect(Collectors.toSet());
        if ((given.isEmpty() ? texts : given).size() < 2) {
            throw new IllegalArgumentException(
                    "expected pictures of at least two classes, got " + (given.isEmpty() ? texts : given));
        }
        TargetNumbers numbers = given.isEmpty()
                ? isNumber(type) ? TargetNumbers.counted(texts, found.size()) : TargetNumbers.ofText(texts)
                : new TargetNumbers(given, isNumber(type));
        return new PictureTargets.OfClasses(
                new ArrayList<>(numbers.names()),
                found.stream()
                        .mapToInt(
                                picture -> numbers.of(picture, picture.targets().getFirst()))
                        .toArray());
    }

    private PictureTargets labels(List<String> names, List<StagedPicture> found) {
        TargetNumbers numbers = new TargetNumbers(names, isNumber(element(type)));
        float[][] rows = new float[found.size()][names.size()];
        for (int i = 0; i < rows.length; i++) {
            for (String text : found.get(i).targets()) {
                rows[i][numbers.of(found.get(i), text)] = 1;
            }
        }
        return new PictureTargets.OfRows(TargetKind.MULTI_LABEL, new ArrayList<>(names), rows);
    }

    private static PictureTargets numbers(List<String> names, List<StagedPicture> found) {
        float[][] rows = new float[found.size()][];
        for (int i = 0; i < rows.length; i++) {
            List<String> texts = found.get(i).targets();
            rows[i] = new float[texts.size()];
            for (int j = 0; j < rows[i].length; j++) {
                rows[i][j] = Float.parseFloat(texts.get(j));
            }
        }
        return new PictureTargets.OfRows(TargetKind.REGRESSION, new ArrayList<>(names), rows);
    }
}
