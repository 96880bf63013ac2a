package dev.thalweg.spark;

import dev.thalweg.data.ClassTargets;
import dev.thalweg.data.Resize;
import dev.thalweg.data.Targets;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the pictures of a data set lie, and what they show: all that an executor must know to read any of them.
 *
 * @param name for messages
 * @param files Hadoop paths of the files that hold pictures
 * @param pictures in the order of the data set
 * @param classNames what labels stand for
 * @param channels 1 or 3
 * @param height to which pictures are brought
 * @param width to which pictures are brought
 * @param resize how
 */
record PictureIndex(
        String name,
        ArrayList<String> files,
        ArrayList<PictureIndex.Entry> pictures,
        ArrayList<String> classNames,
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
     * @param label its class, from 0
     */
    record Entry(int file, long from, int length, String name, int label) implements Serializable {}

    /** {@return one of several parts, as large as the others or by one picture larger} */
    PictureIndex part(int number, int parts) {
        int from = Math.toIntExact((long) pictures.size() * number / parts);
        int to = Math.toIntExact((long) pictures.size() * (number + 1) / parts);
        ArrayList<Entry> some = new ArrayList<>(pictures.subList(from, to));
        return new PictureIndex(name, files, some, classNames, channels, height, width, resize);
    }

    /**
     * {@return the same pictures among other classes, some of which they may lack}
     *
     * @throws IllegalArgumentException if a class of these is not among them
     */
    PictureIndex among(List<String> others) {
        ClassTargets targets = Targets.ofClasses(classNames, labels()).among(others);
        ArrayList<Entry> relabelled = new ArrayList<>();
        for (int i = 0; i < pictures.size(); i++) {
            Entry each = pictures.get(i);
            relabelled.add(new Entry(each.file(), each.from(), each.length(), each.name(), targets.label(i)));
        }
        return new PictureIndex(name, files, relabelled, new ArrayList<>(others), channels, height, width, resize);
    }

    List<String> names() {
        return pictures.stream().map(Entry::name).toList();
    }

    int[] labels() {
        return pictures.stream().mapToInt(Entry::label).toArray();
    }
}
