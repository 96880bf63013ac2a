package dev.thalweg.spark;

import dev.thalweg.inference.Predictions;
import dev.thalweg.tensor.TargetKind;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;

/**
 * The columns of what a model says of pictures.
 *
 * @param kind what its outputs stand for
 */
record AnswerColumns(TargetKind kind) implements Serializable {
    static final String PREDICTION = "prediction";
    static final String PROBABILITIES = "probabilities";

    /** From which probability on a label is given. */
    private static final double THRESHOLD = 0.5;

    List<StructField> fields() {
        DataType numbers = DataTypes.createArrayType(DataTypes.FloatType, false);
        return switch (kind) {
            case CLASSES -> List.of(field(PREDICTION, DataTypes.StringType), field(PROBABILITIES, numbers));
            case MULTI_LABEL ->
                List.of(
                        field(PREDICTION, DataTypes.createArrayType(DataTypes.StringType, false)),
                        field(PROBABILITIES, numbers));
            case REGRESSION -> List.of(field(PREDICTION, numbers));
        };
    }

    /**
     * Refuses other columns of the same names.
     *
     * @param others their names
     * @param caseSensitive whether names that differ in case are different ones
     */
    void checkBeside(List<String> others, boolean caseSensitive) {
        for (StructField added : fields()) {
            for (String other : others) {
                if (caseSensitive ? other.equals(added.name()) : other.equalsIgnoreCase(added.name())) {
                    throw new IllegalArgumentException("expected rows without a column \"" + added.name()
                            + "\", which is to hold answers, got " + others + ": rename \"" + other + "\"");
                }
            }
        }
    }

    /** Nothing is said of a picture that cannot be read. */
    private static StructField field(String name, DataType type) {
        return DataTypes.createStructField(name, type, true);
    }

    /** {@return the values of these columns for one picture} */
    List<Object> values(Predictions said, int picture) {
        return switch (kind) {
            case CLASSES -> List.of(said.classNameOf(picture), numbers(said.probabilities(), picture));
            case MULTI_LABEL ->
                List.of(
                        said.labelsOf(picture, THRESHOLD).toArray(String[]::new),
                        numbers(said.probabilities(), picture));
            // One value, which is an array.
            case REGRESSION -> List.<Object>of((Object) numbers(said, picture));
        };
    }

    private static Float[] numbers(Predictions said, int picture) {
        List<Float> numbers = new ArrayList<>();
        for (float number : said.outputs().get(picture)) {
            numbers.add(number);
        }
        return numbers.toArray(Float[]::new);
    }
}
