package dev.thalweg.onednn;

/** Lets tests of other packages count oneDNN's objects. */
public final class LiveObjects {
    private LiveObjects() {}

    /** How many this process has made and not destroyed. */
    public static long count() {
        return Handles.live();
    }
}
