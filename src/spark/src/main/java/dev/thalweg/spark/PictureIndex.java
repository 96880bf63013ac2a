package dev.thalweg.spark;

import dev.thalweg.data.Resize;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the pictures of a data set lie, and what they show: all that an executor must know to read any of them.
 *
 * @param name for messages
 * @param files Hadoop paths of the files that hold pictures
 * @param pictures in the order of the data set
 * @param targets what is to be said of them
 * @param channels 1 or 3
 * @param height to which pictures are brought
 * @param width to which pictures are brought
 * @param resize how
 */
record PictureIndex(
        String name,
        ArrayList<String> files,
        ArrayList<PictureIndex.Entry> pictures,
        PictureTargets targets,
        int channels,
        int height,
        int width,
        Resize resize)
        implements Serializable {
    /**
     * One picture file.
     *
     * @param file in which file it lies, counted from 0
     * @param from where it begins there
     * @param length in bytes
     * @param name what it is called
     */
    record Entry(int file, long from, int length, String name) implements Serializable {}

    /** {@return one of several parts, as large as the others or by one picture larger} */
    PictureIndex part(int number, int parts) {
        int from = Math.toIntExact((long) pictures.size() * number / parts);
        int to = Math.toIntExact((long) pictures.size() * (number + 1) / parts);
        ArrayList<Entry> some = new ArrayList<>(pictures.subList(from, to));
        return new PictureIndex(name, files, some, targets.part(from, to), channels, height, width, resize);
    }

    /**
     * {@return the same pictures for a network that is trained on others, whose classes these may lack}
     *
     * @throws IllegalArgumentException if these have others
     */
    PictureIndex among(PictureTargets others) {
        return new PictureIndex(name, files, pictures, targets.among(others), channels, height, width, resize);
    }

    List<String> names() {
        return pictures.stream().map(Entry::name).toList();
    }
}
