package dev.thalweg.data;

import dev.thalweg.tensor.CheckReturnValue;
import dev.thalweg.tensor.TargetKind;
import dev.thalweg.text.Counted;
import dev.thalweg.text.Index;
import java.util.List;

/** Any number of labels for each picture: rows {@code [N, labels]} of 1 where a picture has a label, else 0. */
public final class MultiLabelTargets implements Targets {
    private final List<String> names;
    private final float[][] rows;

    private MultiLabelTargets(List<String> names, float[][] rows) {
        this.names = names;
        this.rows = rows;
    }

    static MultiLabelTargets of(List<String> labelNames, float[]... rows) {
        List<String> names = TargetRows.names("label", labelNames);
        float[][] copies = TargetRows.copy(names.size(), rows);
        for (int i = 0; i < copies.length; i++) {
            for (float number : copies[i]) {
                if (number != 0 && number != 1) {
                    throw new IllegalArgumentException(
                            "picture " + i + " has the label " + number + ", expected 0 (without it) or 1 (with it)");
                }
            }
        }
        return new MultiLabelTargets(names, copies);
    }

    /**
     * {@return whether a picture has a label}
     *
     * @param index which picture, from 0
     * @param label which label, from 0
     */
    public boolean has(int index, int label) {
        return rows[Index.checked("picture", index, rows.length)][Index.checked("label", label, names.size())] == 1;
    }

    @Override
    public int size() {
        return rows.length;
    }

    @Override
    public int outputs() {
        return names.size();
    }

    @Override
    public List<String> names() {
        return names;
    }

    @Override
    public TargetKind kind() {
        return TargetKind.MULTI_LABEL;
    }

    @Override
    public void write(int index, float[] row) {
        System.arraycopy(rows[Index.checked("picture", index, rows.length)], 0, row, 0, names.size());
    }

    @Override
    @CheckReturnValue
    public MultiLabelTargets select(int... indices) {
        return new MultiLabelTargets(names, TargetRows.select(rows, indices));
    }

    @Override
    public String toString() {
        return Counted.of(names.size(), "label") + " each";
    }
}
