package dev.thalweg.data;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where the pictures of a data set come from: what a model must know to see others in the same way, and to be tested on
 * what it was not trained on.
 *
 * @param resize how pictures come to their size
 * @param partition how the folder they lie in was parted; null where they lie in none
 */
public record Provenance(Resize resize, @Nullable Partition partition) {
    /** Of pictures that come from no folder: others are brought to their size as a folder's are. */
    public static final Provenance UNKNOWN = new Provenance(Resize.CROP, null);
    /** Of models that older versions of this library saved: they stretched pictures. */
    public static final Provenance STRETCHED = new Provenance(Resize.STRETCH, null);

    /** Checks that there is a way to resize. */
    public Provenance {
        Objects.requireNonNull(resize, "resize");
    }
}
