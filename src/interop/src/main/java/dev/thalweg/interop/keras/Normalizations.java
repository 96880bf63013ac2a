package dev.thalweg.interop.keras;

import dev.thalweg.interop.keras.Source.Constant;
import dev.thalweg.interop.keras.Source.Weight;
import dev.thalweg.io.BadFileException;
import dev.thalweg.model.BatchNormalization;
import dev.thalweg.model.GroupNormalization;
import dev.thalweg.model.Layer;
import dev.thalweg.model.LayerNormalization;
import dev.thalweg.tensor.Shape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Layers that bring numbers to mean 0 and variance 1, and to a learnt scale and shift then. */
final class Normalizations {
    private static final double EPSILON = 1e-3;
    private static final double MOMENTUM = 0.99;

    private Normalizations() {}

    /** The scale and shift that a layer has, or stand-ins that change nothing. */
    private static Map<String, Source> scaleAndShift(Settings settings, Flowing from, int length)
            throws BadFileException {
        Map<String, Source> sources = new HashMap<>();
        int index = 0;
        for (String ours : List.of("scale", "shift")) {
            boolean scale = ours.equals("scale");
            if (settings.flag(scale ? "scale" : "center", true)) {
                sources.put(ours, vector(from, scale ? "gamma" : "beta", index++, length));
            } else {
                sources.put(ours, new Constant(scale ? 1 : 0, length));
            }
        }
        return sources;
    }

    /** A number for each channel, or for each of the numbers of flattened pictures. */
    private static Source vector(Flowing from, String name, int index, int length) {
        Weight weight = new Weight(name, index, length);
        Shape pictures = from.flattened();
        return Source.of(
                pictures == null
                        ? weight
                        : weight.view(pictures.dim(1), pictures.dim(2), pictures.dim(0))
                                .axes(2, 0, 1));
    }

    private static int axis(Site site, Flowing from) throws BadFileException {
        List<Integer> axes = site.settings().integers("axis", List.of(-1));
        if (axes.size() != 1) {
            throw site.settings().problem("axis is " + axes + ", expected one");
        }
        return site.axis(from, axes.getFirst());
    }

    private static Flowing kept(Flowing from, Flowing result) {
        return new Flowing(result.place(), result.shape(), from.flattened(), null);
    }

    static Flowing batch(Site site) throws BadFileException {
        Settings settings = site.settings();
        settings.none("renorm");
        Flowing from = site.raw();
        int axis = axis(site, from);
        int length = from.dim(axis - 1);
        Map<String, Source> sources = scaleAndShift(settings, from, length);
        int learnt = (int) sources.values().stream()
                .filter(Source.Joined.class::isInstance)
                .count();
        sources.put("moving_mean", vector(from, "moving_mean", learnt, length));
        sources.put("moving_variance", vector(from, "moving_variance", learnt + 1, length));
        Layer layer =
                new BatchNormalization(settings.number("momentum", MOMENTUM), settings.number("epsilon", EPSILON));
        return kept(from, site.along(from, axis, 1, layer, sources));
    }

    static Flowing layer(Site site) throws BadFileException {
        Settings settings = site.settings();
        settings.none("rms_scaling");
        Flowing from = site.raw();
        int axis = axis(site, from);
        Layer layer = new LayerNormalization(settings.number("epsilon", EPSILON));
        return kept(
                from,
                site.along(from, axis, from.shape().rank(), layer, scaleAndShift(settings, from, from.dim(axis - 1))));
    }

    static Flowing group(Site site) throws BadFileException {
        Settings settings = site.settings();
        Flowing from = site.picture();
        if (axis(site, from) != 1) {
            throw settings.problem("its groups are not of channels");
        }
        int channels = from.dim(0);
        int groups = settings.integer("groups", 32);
        Layer layer = new GroupNormalization(groups == -1 ? channels : groups, settings.number("epsilon", EPSILON));
        return site.then(from, layer, scaleAndShift(settings, from, channels));
    }
}
