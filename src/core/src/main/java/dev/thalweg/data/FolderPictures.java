package dev.thalweg.data;

import dev.thalweg.files.FileNames;
import dev.thalweg.io.BadFileException;
import dev.thalweg.memory.Scope;
import dev.thalweg.tensor.Shape;
import dev.thalweg.text.Counted;
import dev.thalweg.text.PrintableText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The pictures among a folder's files, their targets and their size; found by their headers, and then loaded. */
final class FolderPictures {
    private static final int LARGEST_OWN = 256;
    private static final int USUAL = 224;

    private final ImageFolder how;
    private final FolderListing listing;
    private final List<LabelledFile> files;
    private final Targets targets;
    private final Shape shape;
    private final String size;
    private final List<String> leftOut;
    private final List<String> bad;

    /** The pictures that could be loaded, in the order of their files, and what was noticed. */
    record Loaded(ImageDataset pictures, List<LabelledFile> files, Reading reading) implements AutoCloseable {
        @Override
        public void close() {
            pictures.close();
        }
    }

    private FolderPictures(
            ImageFolder how,
            FolderListing listing,
            List<LabelledFile> files,
            Targets targets,
            Shape shape,
            String size,
            List<String> leftOut,
            List<String> bad) {
        this.how = how;
        this.listing = listing;
        this.files = files;
        this.targets = targets;
        this.shape = shape;
        this.size = size;
        this.leftOut = leftOut;
        this.bad = bad;
    }

    /** Finds the pictures of a folder; nothing but their headers is read. */
    static FolderPictures find(ImageFolder how) throws IOException {
        FolderListing listing = FolderListing.of(how);
        List<HeaderCheck> checks = listing.files().parallelStream()
                .map(file -> HeaderCheck.of(file.file()))
                .toList();
        List<String> leftOut = new ArrayList<>(listing.leftOut());
        List<String> bad = new ArrayList<>();
        List<LabelledFile> files = new ArrayList<>();
        List<Pictures.Header> headers = new ArrayList<>();
        for (int i = 0; i < checks.size(); i++) {
            LabelledFile file = listing.files().get(i);
            HeaderCheck check = checks.get(i);
            if (check.header().isPresent()) {
                files.add(file);
                headers.add(check.header().get());
            } else {
                // What a table names is meant to be a picture.
                (check.bad() || how.targets().isPresent() ? bad : leftOut).add(file.name() + ": " + check.problem());
            }
        }
        if (!bad.isEmpty() && !how.skipsBad()) {
            // It fails anyway: then with all there is to mend.
            FileDecoding decoding = new FileDecoding(
                    files.stream().map(LabelledFile::file).toList(), Shape.of(how.channels(), 1, 1), Resize.STRETCH);
            decoding.check();
            bad.addAll(damaged(decoding, files));
            throw unreadable(how.folder(), bad, checks.size() - leftOut.size());
        }
        Targets targets = how.targets().isPresent()
                ? told(how.folder(), how.targets().get(), files)
                : ofFolders(classes(how, listing, files), files);
        Optional<Shape> common = commonSize(headers);
        Optional<Shape> own = common.filter(size -> size.dim(0) <= LARGEST_OWN && size.dim(1) <= LARGEST_OWN);
        String reason = how.imageShape().isPresent() || own.isPresent()
                ? ""
                : common.map(size -> "The pictures are " + size.dim(0) + "x" + size.dim(1))
                                .orElse("The pictures have various sizes")
                        + ": they are brought to " + USUAL + "x" + USUAL + " ("
                        + how.resize().name().toLowerCase(Locale.ROOT) + "); --image-size names another size";
        Shape size = own.orElse(Shape.of(USUAL, USUAL));
        Shape shape = how.imageShape().orElse(Shape.of(how.channels(), size.dim(0), size.dim(1)));
        return new FolderPictures(how, listing, files, targets, shape, reason, leftOut, bad);
    }

    /** {@return {@code [H, W]} of all pictures; empty if they have various sizes} */
    private static Optional<Shape> commonSize(List<Pictures.Header> headers) {
        Pictures.Header first = headers.getFirst();
        boolean common = headers.stream().allMatch(h -> h.width() == first.width() && h.height() == first.height());
        return common ? Optional.of(Shape.of(first.height(), first.width())) : Optional.empty();
    }

    /** {@return what the sub-folders say} */
    private static Targets ofFolders(List<String> classes, List<LabelledFile> files) {
        Map<String, Integer> labelOf =
                IntStream.range(0, classes.size()).boxed().collect(Collectors.toMap(classes::get, i -> i));
        return Targets.ofClasses(
                classes,
                files.stream().mapToInt(f -> labelOf.get(f.className())).toArray());
    }

    /** {@return what a table says of the files that are pictures} */
    private static Targets told(Path folder, FileTargets table, List<LabelledFile> files) throws BadFileException {
        if (files.isEmpty()) {
            throw new BadFileException(folder, "none of the files that the table names can be read");
        }
        Map<String, Integer> rowOf =
                IntStream.range(0, table.files().size()).boxed().collect(Collectors.toMap(table.files()::get, i -> i));
        return table.targets()
                .select(files.stream().mapToInt(f -> rowOf.get(f.name())).toArray());
    }

    private static List<String> classes(ImageFolder how, FolderListing listing, List<LabelledFile> files)
            throws BadFileException {
        List<String> found = List.copyOf(
                new TreeSet<>(files.stream().map(LabelledFile::className).toList()));
        checkCount(how, listing, found);
        List<String> unprintable =
                found.stream().filter(name -> !PrintableText.isPrintable(name)).toList();
        if (!unprintable.isEmpty()) {
            throw new BadFileException(
                    how.folder(),
                    "the names of sub-folders are those of the classes and must be" + " printable, got "
                            + Reading.firstOf(unprintable));
        }
        for (Part part : listing.parts()) {
            Set<String> there = files.stream()
                    .filter(f -> f.part().equals(Optional.of(part)))
                    .map(LabelledFile::className)
                    .collect(Collectors.toSet());
            List<String> missing =
                    found.stream().filter(name -> !there.contains(name)).toList();
            if (!missing.isEmpty()) {
                throw new BadFileException(
                        how.folder(),
                        "the folder " + listing.foldersOf(part).getFirst()
                                + " has no pictures of the " + Counted.things(missing.size(), "class") + " "
                                + Reading.firstOf(missing)
                                + ", which another part has: expected the same classes in each");
            }
        }
        if (how.classNames().isEmpty()) {
            return found;
        }
        List<String> unknown =
                found.stream().filter(name -> !how.classNames().contains(name)).toList();
        if (!unknown.isEmpty()) {
            throw new BadFileException(
                    how.folder(),
                    "expected pictures of the classes " + Reading.firstOf(how.classNames()) + "; got also "
                            + Reading.firstOf(unknown));
        }
        return how.classNames();
    }

    private static void checkCount(ImageFolder how, FolderListing listing, List<String> found) throws BadFileException {
        if (found.size() >= 2 || found.size() == 1 && !how.classNames().isEmpty()) {
            return;
        }
        String passedOver =
                listing.passedOver().isEmpty() ? "" : "; passed over: " + Reading.firstOf(listing.passedOver());
        String advice = found.equals(List.of("train"))
                ? "; if it holds the classes, choose " + how.folder().resolve("train")
                : "";
        throw new BadFileException(
                how.folder(),
                "expected a sub-folder of pictures for each of at least "
                        + (how.classNames().isEmpty() ? "two classes" : "one class") + ", found " + found + passedOver
                        + advice);
    }

    private static List<String> damaged(FileDecoding decoding, List<LabelledFile> files) {
        return decoding.bad().entrySet().stream()
                .map(e -> files.get(e.getKey()).name() + ": " + e.getValue())
                .toList();
    }

    private static BadFileException unreadable(Path folder, List<String> bad, int of) {
        return new BadFileException(
                folder,
                bad.size() + " of " + Counted.of(of, "picture")
                        + " cannot be read (--on-bad-file skip goes on without): " + Reading.firstOf(bad));
    }

    /** {@return the pictures, ordered by name} */
    List<LabelledFile> files() {
        return files;
    }

    boolean has(Part part) {
        return listing.parts().contains(part);
    }

    /** {@return some of these pictures, with the same targets and size} */
    FolderPictures keep(int[] places) {
        return new FolderPictures(
                how,
                listing,
                IntStream.of(places).mapToObj(files::get).toList(),
                targets.select(places),
                shape,
                size,
                leftOut,
                bad);
    }

    Loaded load() throws BadFileException {
        FileDecoding decoding =
                new FileDecoding(files.stream().map(LabelledFile::file).toList(), shape, how.resize());
        try (Scope opening = new Scope()) {
            ImageDataset all = opening.own(open(decoding));
            if (how.streamed() && how.skipsBad()) {
                decoding.check();
            }
            List<String> damaged = damaged(decoding, files);
            if (!damaged.isEmpty() && (!how.skipsBad() || damaged.size() == files.size())) {
                throw unreadable(how.folder(), damaged, files.size());
            }
            int[] good = IntStream.range(0, files.size())
                    .filter(i -> !decoding.bad().containsKey(i))
                    .toArray();
            List<LabelledFile> kept = IntStream.of(good).mapToObj(files::get).toList();
            if (numberOfClasses(kept) < numberOfClasses(files)) {
                throw new BadFileException(
                        how.folder(), "of some class no picture can be read: " + Reading.firstOf(damaged));
            }
            Reading reading = new Reading(
                    size,
                    listing.passedOver(),
                    leftOut,
                    Stream.concat(bad.stream(), damaged.stream()).toList());
            return new Loaded(all.select(good).share(), kept, reading);
        }
    }

    private ImageDataset open(FileDecoding decoding) {
        String name = FileNames.text(how.folder());
        List<String> names = files.stream().map(LabelledFile::name).toList();
        return how.streamed()
                ? decoding.stream(
                        name,
                        targets,
                        files.stream().map(f -> f.name() + " " + f.size()).toList(),
                        names)
                : decoding.hold(name, targets, names);
    }

    private static long numberOfClasses(List<LabelledFile> some) {
        return some.stream().map(LabelledFile::className).distinct().count();
    }
}
