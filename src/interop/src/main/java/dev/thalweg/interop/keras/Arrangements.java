package dev.thalweg.interop.keras;

import dev.thalweg.io.BadFileException;
import dev.thalweg.model.Add;
import dev.thalweg.model.Concatenate;
import dev.thalweg.model.Dropout;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.Merge;
import dev.thalweg.model.Multiply;
import dev.thalweg.model.Permute;
import dev.thalweg.model.Reshape;
import dev.thalweg.model.UpSampling2D;
import dev.thalweg.model.ZeroPadding2D;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Layers that join flows, and those that put numbers elsewhere or leave them where they are. */
final class Arrangements {
    /** What makes pixels in the file's order of ours, and the other way round. */
    private static final List<Integer> TO_KERAS = List.of(2, 3, 1);

    private static final List<Integer> TO_OURS = List.of(3, 1, 2);

    private Arrangements() {}

    static Flowing nothing(Site site) throws BadFileException {
        return site.raw();
    }

    static Flowing dropout(Site site) throws BadFileException {
        site.settings().none("noise_shape");
        return site.each("", site.raw(), new Dropout(site.settings().number("rate", 0)));
    }

    /** Keras puts channels last before it flattens pictures of which it is told that they come first. */
    static Flowing flatten(Site site) throws BadFileException {
        Flowing from = site.raw();
        boolean first = site.settings().text("data_format", "channels_last").equals("channels_first");
        if (from.shape().rank() == 1) {
            return from;
        }
        if (first && !(from.isPicture() && site.channelsFirst())) {
            throw site.settings().problem("data_format is channels_first, where that of the model is not");
        }
        Flowing result = site.then(from, new Flatten(), Map.of());
        boolean reordered = from.isPicture() && (first || !site.channelsFirst());
        boolean matters = from.dim(0) > 1 && from.shape().elements() > from.dim(0);
        return new Flowing(result.place(), result.shape(), reordered && matters ? from.shape() : null, null);
    }

    private static Flowing lastToFirst(Site site, Flowing picture) throws BadFileException {
        return site.channelsFirst() ? picture : site.then("_channels", picture, new Permute(TO_OURS), Map.of());
    }

    static Flowing reshape(Site site) throws BadFileException {
        Flowing from = site.input();
        if (from.isPicture() && !site.channelsFirst()) {
            from = site.then("_permute", from, new Permute(TO_KERAS), Map.of());
        }
        List<Integer> target = new ArrayList<>(site.settings().integers("target_shape", List.of()));
        int open = target.indexOf(-1);
        if (open >= 0) {
            target.set(open, 1);
            long known = target.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
            target.set(open, Math.toIntExact(from.shape().elements() / Math.max(1, known)));
        }
        Flowing result = site.then(from, new Reshape(target), Map.of());
        return result.isPicture() ? lastToFirst(site, result) : result;
    }

    static Flowing permute(Site site) throws BadFileException {
        Flowing from = site.input();
        List<Integer> dims = site.settings().integers("dims", List.of());
        if (dims.size() != from.shape().rank()) {
            throw site.settings().problem("permutes " + dims.size() + " axes, got " + from.shape());
        }
        if (from.isPicture() && !site.channelsFirst()) {
            dims = after(after(TO_KERAS, new Permute(dims).dims()), TO_OURS);
        }
        return site.then(from, new Permute(dims), Map.of());
    }

    /** {@return the one order of axes, and then the other} */
    private static List<Integer> after(List<Integer> first, List<Integer> second) {
        return second.stream().map(axis -> first.get(axis - 1)).toList();
    }

    static Flowing zeroPadding(Site site) throws BadFileException {
        List<Integer> sides = site.settings().sides("padding", 1);
        return site.then(
                site.picture(), new ZeroPadding2D(sides.get(0), sides.get(1), sides.get(2), sides.get(3)), Map.of());
    }

    static Flowing upSampling(Site site) throws BadFileException {
        site.settings().only("interpolation", "nearest");
        return site.then(site.picture(), new UpSampling2D(site.settings().square("size", 2)), Map.of());
    }

    static Flowing add(Site site) throws BadFileException {
        return merge(site, new Add());
    }

    static Flowing multiply(Site site) throws BadFileException {
        return merge(site, new Multiply());
    }

    private static Flowing merge(Site site, Merge merge) throws BadFileException {
        Flowing first = site.inputs().getFirst();
        boolean alike = site.inputs().stream().allMatch(from -> Objects.equals(from.flattened(), first.flattened()));
        Flowing result = site.assembly().add(site.layer(), "", merge, alike ? site.inputs() : inOrder(site), Map.of());
        return new Flowing(result.place(), result.shape(), alike ? first.flattened() : null, null);
    }

    static Flowing concatenate(Site site) throws BadFileException {
        int axis = site.axis(site.inputs().getFirst(), site.settings().integer("axis", -1));
        return site.assembly().add(site.layer(), "", new Concatenate(axis), inOrder(site), Map.of());
    }

    private static List<Flowing> inOrder(Site site) throws BadFileException {
        List<Flowing> all = new ArrayList<>();
        for (Flowing from : site.inputs()) {
            all.add(site.assembly().inOrder(site.layer(), from));
        }
        return all;
    }
}
