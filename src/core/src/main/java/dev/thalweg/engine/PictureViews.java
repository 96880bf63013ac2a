package dev.thalweg.engine;

import dev.thalweg.data.TestTimeAugmentation;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Reduction;
import dev.thalweg.graph.Value;
import dev.thalweg.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Has the graph of a network look at each picture several times: the views of all pictures of a batch flow through it
 * as one batch, those of one kind after those of another, and what comes out is their mean.
 *
 * @param builder of the graph
 * @param views at least one, first the picture as it is
 */
record PictureViews(GraphBuilder builder, List<TestTimeAugmentation.View> views) {
    /** The views of pictures {@code [N, C, H, W]}, {@code [views * N, C, H, W]}. */
    Value of(Value pictures) {
        List<Value> all = new ArrayList<>();
        views.forEach(view -> all.add(seen(pictures, view)));
        return builder.concat(0, all);
    }

    /** What flows in beside the pictures, {@code [N, ...]}, the same for each view: {@code [views * N, ...]}. */
    Value repeated(Value other) {
        return builder.concat(0, Collections.nCopies(views.size(), other));
    }

    /** The mean over the views of what comes out, {@code [views * N, ...]}: {@code [N, ...]}. */
    Value mean(Value result) {
        int[] each =
                result.shape().with(0, result.shape().dim(0) / views.size()).toArray();
        Shape apart = Shape.of(each).batched(views.size());
        return builder.reshape(builder.reduce(Reduction.Kind.MEAN, builder.reshape(result, apart), 0), Shape.of(each));
    }

    private Value seen(Value pictures, TestTimeAugmentation.View view) {
        Value columns =
                view.mirrored() || view.shift() != 0 ? alongRows(pictures, view.mirrored(), view.shift()) : pictures;
        return view.shift() == 0
                ? columns
                : builder.transpose(alongRows(builder.transpose(columns, 0, 1, 3, 2), false, view.shift()), 0, 1, 3, 2);
    }

    /** Takes pixels from other places of their rows: a product with a matrix that has one 1 in each column is exact. */
    private Value alongRows(Value pictures, boolean mirrored, int shift) {
        int width = pictures.shape().dim(3);
        float[] from = new float[Math.multiplyExact(width, width)];
        for (int x = 0; x < width; x++) {
            int place = Math.clamp((long) (mirrored ? width - 1 - x : x) - shift, 0, width - 1);
            from[place * width + x] = 1;
        }
        int rows = Math.toIntExact(pictures.shape().elements() / width);
        Value moved = builder.matmul(
                builder.reshape(pictures, Shape.of(rows, width)), builder.constant(from, Shape.of(width, width)));
        return builder.reshape(moved, pictures.shape());
    }
}
