package dev.thalweg.files;

import java.util.Locale;
import java.util.regex.Pattern;

/** How checkpoints are called, wherever they are kept: names sort by age. */
public final class CheckpointName {
    private static final Pattern FORM = Pattern.compile("checkpoint-\\d{5,}-\\d{7,}\\.safetensors");

    private CheckpointName() {}

    /**
     * {@return the name of a checkpoint}
     *
     * @param epochs how many whole ones it has
     * @param batches how many of the next one
     */
    public static String of(int epochs, int batches) {
        return String.format(Locale.ROOT, "checkpoint-%05d-%07d.safetensors", epochs, batches);
    }

    /**
     * {@return whether a file is called as one checkpoint is}
     *
     * @param name of the file, without folders
     */
    public static boolean is(String name) {
        return FORM.matcher(name).matches();
    }
}
