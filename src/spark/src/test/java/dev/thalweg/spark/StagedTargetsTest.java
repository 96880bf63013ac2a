package dev.thalweg.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.data.Targets;
import dev.thalweg.tensor.TargetKind;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What the text of columns means. */
class StagedTargetsTest {
    private static final DataType TEXT = DataTypes.StringType;
    private static final DataType NUMBER = DataTypes.LongType;
    private static final List<String> NAMES = List.of("red", "blue", "green");

    private static PictureTargets read(TargetColumns columns, DataType type, List<List<String>> texts) {
        List<StagedPicture> found = IntStream.range(0, texts.size())
                .mapToObj(i -> new StagedPicture("file", 0, 1, "picture " + i, new ArrayList<>(texts.get(i))))
                .toList();
        return new StagedTargets(columns, type).read(found);
    }

    private static PictureTargets.OfClasses classes(List<String> names, DataType type, String... texts) {
        return (PictureTargets.OfClasses) read(
                new TargetColumns.Classes("label", names),
                type,
                List.of(texts).stream().map(List::of).toList());
    }

    private static PictureTargets.OfRows rows(TargetColumns columns, DataType type, List<List<String>> texts) {
        return (PictureTargets.OfRows) read(columns, type, texts);
    }

    private static void assertRefused(String why, Executable call) {
        String message = assertThrows(IllegalArgumentException.class, call).getMessage();
        assertTrue(message.contains(why), message);
    }

    private static void assertClasses(List<String> names, int[] labels, PictureTargets.OfClasses got) {
        assertEquals(names, got.names());
        assertArrayEquals(labels, got.labels());
    }

    @Test
    void classesHaveNamesOrCount() {
        assertClasses(NAMES, new int[] {2, 1}, classes(NAMES, NUMBER, "2", "1"));
        assertClasses(NAMES, new int[] {2, 1}, classes(NAMES, TEXT, "green", "blue"));
        assertClasses(NAMES, new int[] {1}, classes(NAMES, NUMBER, "1"));
        assertClasses(List.of("7", "x"), new int[] {1, 0, 1}, classes(List.of(), TEXT, "x", "7", "x"));
        assertClasses(List.of("0", "1", "2"), new int[] {2, 0, 2}, classes(List.of(), NUMBER, "2", "0", "2"));
    }

    @Test
    void classesThatAreNoneAreRefused() {
        for (String strange : List.of("3", "-1", "12345678901")) {
            assertRefused(
                    "picture 1: expected a number from 0 to 2, as there are names, got " + strange,
                    () -> classes(NAMES, NUMBER, "0", strange));
        }
        assertRefused(
                "picture 1: expected one of the names [red, blue, green], got pink",
                () -> classes(NAMES, TEXT, "red", "pink"));
        assertRefused("count classes from 0, got one of 7 for 2", () -> classes(List.of(), NUMBER, "0", "7"));
        assertRefused("count classes from 0, got [-1]", () -> classes(List.of(), NUMBER, "0", "-1"));
        assertRefused("at least two classes, got [x]", () -> classes(List.of(), TEXT, "x", "x"));
        assertRefused("at least two classes, got [x]", () -> classes(List.of("x"), NUMBER, "0", "0"));
        assertRefused("at least two classes, got []", () -> classes(List.of(), TEXT));
        assertRefused("expected pictures, got none", () -> classes(NAMES, TEXT));
        assertRefused("must differ from each other", () -> classes(List.of("x", "x"), TEXT, "x"));
        assertRefused("must be printable", () -> classes(List.of("x", "\u0007"), TEXT, "x"));
    }

    @Test
    void labelsAreSeveral() {
        TargetColumns columns = new TargetColumns.MultiLabels("labels", NAMES);
        float[][] expected = {{1, 0, 1}, {0, 0, 0}};
        var ofText = rows(columns, new ArrayType(TEXT, true), List.of(List.of("green", "red"), List.of()));
        var ofNumbers = rows(columns, new ArrayType(NUMBER, true), List.of(List.of("2", "0", "2"), List.of()));
        for (var got : List.of(ofText, ofNumbers)) {
            assertEquals(
                    Targets.ofMultiLabels(NAMES, expected).spec(), got.targets().spec());
            assertArrayEquals(expected, got.rows());
        }
        assertRefused(
                "picture 0: expected one of the names [red, blue, green], got pink",
                () -> rows(columns, new ArrayType(TEXT, true), List.of(List.of("pink"))));
        assertThrows(IllegalArgumentException.class, () -> new TargetColumns.MultiLabels("labels", List.of()));
    }

    @Test
    void numbersHaveTheNamesOfTheirColumns() {
        TargetColumns two = new TargetColumns.Regression("a", "b");
        var named = rows(two, DataTypes.DoubleType, List.of(List.of("0.1", "-3.0"), List.of("1.0E-30", "4.0")));
        assertArrayEquals(new float[][] {{0.1f, -3}, {1e-30f, 4}}, named.rows());
        assertEquals(List.of("a", "b"), named.targets().names());
        assertEquals(TargetKind.REGRESSION, named.targets().kind());
        TargetColumns one = new TargetColumns.Regression("a");
        ArrayType arrays = new ArrayType(DataTypes.FloatType, true);
        assertEquals(
                List.of(),
                rows(one, arrays, List.of(List.of("1", "2"))).targets().names());
        assertEquals(
                List.of("a"), rows(one, NUMBER, List.of(List.of("1"))).targets().names());
        assertRefused(
                "targets of picture 1 are 1 number, expected 2",
                () -> rows(one, arrays, List.of(List.of("1", "2"), List.of("1"))));
        assertRefused("the target NaN, expected a finite", () -> rows(one, NUMBER, List.of(List.of("NaN"))));
        assertRefused("expected pictures, got none", () -> rows(one, NUMBER, List.of()));
        assertThrows(IllegalArgumentException.class, () -> new TargetColumns.Regression());
    }

    @Test
    void picturesToValidateWithHaveTheSameTargets() {
        var few = classes(List.of(), TEXT, "x", "y");
        var more = classes(List.of(), TEXT, "w", "x", "y");
        assertClasses(more.names(), new int[] {1, 2}, (PictureTargets.OfClasses) few.among(more));
        assertRefused("got some of [w]", () -> more.among(few));
        var a = rows(new TargetColumns.Regression("a"), NUMBER, List.of(List.of("1")));
        var b = rows(new TargetColumns.Regression("b"), NUMBER, List.of(List.of("1")));
        assertSame(a, a.among(a));
        String refused = "expected pictures with the targets of those to train with, ";
        assertRefused(refused + "1 number each [b], got 1 number each [a]", () -> a.among(b));
        assertRefused(refused + "2 classes [x, y], got 1 number each [a]", () -> a.among(few));
        assertRefused(refused + "1 number each [a], got 2 classes [x, y]", () -> few.among(a));
    }
}
