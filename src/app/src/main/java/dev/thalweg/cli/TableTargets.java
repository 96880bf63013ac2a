package dev.thalweg.cli;

import dev.thalweg.data.FileTargets;
import dev.thalweg.data.TargetSpec;
import dev.thalweg.data.Targets;
import dev.thalweg.io.BadFileException;
import dev.thalweg.tensor.TargetKind;
import dev.thalweg.text.PrintableText;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What the columns of a table say: names in one column called {@value #LABELS} or label, one a picture for classes,
 * any number for labels; or numbers, one column for each output, which for labels are 1 and 0.
 *
 * @param table the file
 * @param task asked for; empty where the table tells
 * @param known the outputs of a model that is there already; empty where the table names them
 */
record TableTargets(TargetTable table, Optional<Task> task, Optional<TargetSpec> known) {
    private static final String LABELS = "labels";
    private static final Set<List<String>> NAMES = Set.of(List.of(LABELS), List.of("label"));
    private static final String SEPARATORS = "[;|]";

    /**
     * Reads the targets of all pictures.
     *
     * @throws BadFileException if a line says something else than what is expected: it names the line
     */
    FileTargets read() throws BadFileException {
        try {
            return new FileTargets(
                    table.rows().stream().map(TargetTable.Row::picture).toList(),
                    NAMES.contains(table.columns()) ? named() : numbered());
        } catch (IllegalArgumentException e) {
            throw new BadFileException(table.file(), String.valueOf(e.getMessage()), e);
        }
    }

    private static List<String> names(TargetTable.Row row) {
        return Stream.of(row.cells().getFirst().split(SEPARATORS))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList();
    }

    private Targets named() throws BadFileException {
        boolean single = table.rows().stream().allMatch(row -> names(row).size() == 1);
        TargetKind kind = kind(single ? TargetKind.CLASSES : TargetKind.MULTI_LABEL);
        if (kind == TargetKind.REGRESSION) {
            throw table.fault(
                    1, "expected a column of numbers for each output, for regression, got the column " + LABELS);
        }
        List<String> outputs = known.map(TargetSpec::names)
                .orElseGet(() -> List.copyOf(new TreeSet<>(table.rows().stream()
                        .flatMap(row -> names(row).stream())
                        .toList())));
        if (known.isEmpty() && outputs.size() < (kind == TargetKind.CLASSES ? 2 : 1)) {
            throw new BadFileException(
                    table.file(),
                    "expected at least " + (kind == TargetKind.CLASSES ? "two classes" : "one label") + " in column "
                            + LABELS + ", got " + outputs);
        }
        for (TargetTable.Row row : table.rows()) {
            List<String> names = names(row);
            if (!outputs.containsAll(names)) {
                throw table.fault(
                        row.line(),
                        "expected some of " + PrintableText.excerpt(outputs) + ", which the model knows, got "
                                + TargetTable.excerpt(row.cells().getFirst()));
            }
            if (kind == TargetKind.CLASSES && names.size() != 1) {
                throw table.fault(
                        row.line(),
                        "expected one class, got "
                                + TargetTable.excerpt(row.cells().getFirst()) + "; --task multi-label takes several");
            }
        }
        List<List<String>> given =
                table.rows().stream().map(TableTargets::names).toList();
        return kind == TargetKind.CLASSES
                ? Targets.ofClasses(
                        outputs,
                        given.stream()
                                .map(names -> outputs.indexOf(names.getFirst()))
                                .toList())
                : Targets.ofMultiLabels(outputs, given);
    }

    private Targets numbered() throws BadFileException {
        TargetKind kind = kind(TargetKind.REGRESSION);
        if (kind == TargetKind.CLASSES) {
            throw table.fault(
                    1,
                    "expected one column called " + LABELS + " with the name of each picture's class, got "
                            + PrintableText.excerpt(table.columns()));
        }
        List<String> outputs = known.map(TargetSpec::names).orElse(table.columns());
        if (outputs.stream().distinct().count() < outputs.size() || outputs.contains("")) {
            throw table.fault(1, "expected a name of its own for each column, got " + PrintableText.excerpt(outputs));
        }
        if (!new TreeSet<>(outputs).equals(new TreeSet<>(table.columns()))) {
            throw table.fault(
                    1,
                    "expected the columns " + PrintableText.excerpt(outputs) + ", which the model knows, got "
                            + PrintableText.excerpt(table.columns()));
        }
        float[][] rows = new float[table.rows().size()][outputs.size()];
        for (int i = 0; i < rows.length; i++) {
            for (int output = 0; output < outputs.size(); output++) {
                rows[i][output] = number(table.rows().get(i), outputs.get(output), kind);
            }
        }
        return kind == TargetKind.REGRESSION
                ? Targets.ofRegression(outputs, rows)
                : Targets.ofMultiLabels(outputs, rows);
    }

    private float number(TargetTable.Row row, String column, TargetKind kind) throws BadFileException {
        String cell = row.cells().get(table.columns().indexOf(column));
        float number;
        try {
            number = Float.parseFloat(cell);
        } catch (NumberFormatException e) {
            number = Float.NaN;
        }
        boolean label = number == 0 || number == 1;
        if (kind == TargetKind.MULTI_LABEL ? label : Float.isFinite(number)) {
            return number;
        }
        throw table.fault(
                row.line(),
                "column " + TargetTable.excerpt(column) + ": expected "
                        + (kind == TargetKind.MULTI_LABEL ? "1 or 0" : "a number") + ", got "
                        + TargetTable.excerpt(cell)
                        + (table.columns().size() == 1 ? "; names stand in a column called " + LABELS : ""));
    }

    private TargetKind kind(TargetKind found) {
        return known.map(TargetSpec::kind).or(() -> task.map(Task::kind)).orElse(found);
    }
}
