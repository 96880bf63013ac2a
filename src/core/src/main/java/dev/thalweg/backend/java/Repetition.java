package dev.thalweg.backend.java;

import dev.thalweg.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * How a small tensor lies under a large one that it is repeated over (or that is summed into it). Neighbouring axes
 * that behave alike are merged; the large tensor then is {@code rows} runs of {@code length} elements, and under each
 * run the small one has either as many elements or one.
 */
final class Repetition {
    final int rows;
    final int length;
    final boolean single;
    private final int[] extents;
    private final int[] steps;

    Repetition(Shape large, Shape small) {
        List<int[]> merged = new ArrayList<>();
        for (int axis = 0; axis < large.rank(); axis++) {
            int extent = large.dim(axis);
            if (extent == 1) {
                continue;
            }
            int kept = small.dim(axis) == extent ? 1 : 0;
            if (!merged.isEmpty() && merged.getLast()[1] == kept) {
                merged.getLast()[0] *= extent;
            } else {
                merged.add(new int[] {extent, kept});
            }
        }
        if (merged.isEmpty()) {
            merged.add(new int[] {1, 1});
        }
        int[] last = merged.removeLast();
        length = last[0];
        single = last[1] == 0;
        rows = merged.stream().mapToInt(m -> m[0]).reduce(1, Math::multiplyExact);
        extents = merged.stream().mapToInt(m -> m[0]).toArray();
        steps = new int[extents.length];
        int step = single ? 1 : length;
        for (int i = extents.length - 1; i >= 0; i--) {
            boolean kept = merged.get(i)[1] == 1;
            steps[i] = kept ? step : 0;
            step *= kept ? extents[i] : 1;
        }
    }

    /** Where the small tensor's elements for a run of the large one begin. */
    int small(int row) {
        int offset = 0;
        int rest = row;
        for (int i = extents.length - 1; i >= 0; i--) {
            offset += rest % extents[i] * steps[i];
            rest /= extents[i];
        }
        return offset;
    }
}
