package dev.thalweg.interop.keras;

import dev.thalweg.io.BadFileException;
import dev.thalweg.model.AveragePooling2D;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.GlobalAveragePooling2D;
import dev.thalweg.model.Layer;
import dev.thalweg.model.MaxPooling2D;
import dev.thalweg.model.Padding;
import dev.thalweg.model.Reshape;
import java.util.List;
import java.util.Map;

/** Windows over pictures, and whole pictures, as one number each. */
final class Poolings {
    private Poolings() {}

    private static int size(Site site) throws BadFileException {
        return site.settings().square("pool_size", 2);
    }

    private static int stride(Site site) throws BadFileException {
        return site.settings().square("strides", size(site));
    }

    static Flowing max(Site site) throws BadFileException {
        return site.then(
                site.picture(),
                new MaxPooling2D(size(site), stride(site), Convolutions.padding(site.settings())),
                Map.of());
    }

    static Flowing average(Site site) throws BadFileException {
        return site.then(
                site.picture(),
                new AveragePooling2D(size(site), stride(site), Convolutions.padding(site.settings())),
                Map.of());
    }

    static Flowing globalAverage(Site site) throws BadFileException {
        return global(site, site.picture(), new GlobalAveragePooling2D());
    }

    static Flowing globalMax(Site site) throws BadFileException {
        Flowing from = site.picture();
        if (from.dim(1) != from.dim(2)) {
            throw site.settings().problem("pools pictures " + from.shape() + ", expected as high as wide");
        }
        Flowing greatest =
                site.then("_window", from, new MaxPooling2D(from.dim(1), from.dim(1), Padding.VALID), Map.of());
        return global(site, greatest, new Flatten());
    }

    private static Flowing global(Site site, Flowing from, Layer pooling) throws BadFileException {
        Flowing pooled = site.then(from, pooling, Map.of());
        return site.settings().flag("keepdims", false)
                ? site.then("_keepdims", pooled, new Reshape(List.of(pooled.dim(0), 1, 1)), Map.of())
                : pooled;
    }
}
