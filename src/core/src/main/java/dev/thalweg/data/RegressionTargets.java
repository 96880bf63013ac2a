package dev.thalweg.data;

import dev.thalweg.tensor.CheckReturnValue;
import dev.thalweg.tensor.TargetKind;
import dev.thalweg.text.Counted;
import dev.thalweg.text.Index;
import java.util.List;

/** Numbers to be estimated for each picture: rows {@code [N, numbers]}, in the units they were given in. */
public final class RegressionTargets implements Targets {
    private final List<String> names;
    private final int outputs;
    private final float[][] rows;

    private RegressionTargets(List<String> names, int outputs, float[][] rows) {
        this.names = names;
        this.outputs = outputs;
        this.rows = rows;
    }

    static RegressionTargets of(List<String> names, float[]... rows) {
        List<String> checked = TargetRows.names("target", names);
        int outputs = checked.isEmpty() && rows.length > 0 ? rows[0].length : checked.size();
        float[][] copies = TargetRows.copy(outputs, rows);
        for (int i = 0; i < copies.length; i++) {
            for (float number : copies[i]) {
                if (!Float.isFinite(number)) {
                    throw new IllegalArgumentException(
                            "picture " + i + " has the target " + number + ", expected a finite number");
                }
            }
        }
        return new RegressionTargets(checked, outputs, copies);
    }

    @Override
    public int size() {
        return rows.length;
    }

    @Override
    public int outputs() {
        return outputs;
    }

    @Override
    public List<String> names() {
        return names;
    }

    @Override
    public TargetKind kind() {
        return TargetKind.REGRESSION;
    }

    @Override
    public void write(int index, float[] row) {
        System.arraycopy(rows[Index.checked("picture", index, rows.length)], 0, row, 0, outputs);
    }

    @Override
    @CheckReturnValue
    public RegressionTargets select(int... indices) {
        return new RegressionTargets(names, outputs, TargetRows.select(rows, indices));
    }

    @Override
    public String toString() {
        return Counted.of(outputs, "number") + " each";
    }
}
