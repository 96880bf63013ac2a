package dev.thalweg.data;

import dev.thalweg.io.BadFileException;
import dev.thalweg.memory.Scope;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Reads the pictures of a folder for what they are to be used for.
 *
 * @param how the folder is read
 */
record FolderReading(ImageFolder how) {
    /** To train, to validate and to test. */
    DataSplit split() throws IOException {
        FolderPictures found = FolderPictures.find(how);
        try (FolderPictures.Loaded all = found.load()) {
            Partition partition = Partition.of(
                    all.files(),
                    how.seed(),
                    found.has(Part.TEST) ? 0 : ImageFolder.TEST_SHARE,
                    found.has(Part.VALIDATION) ? 0 : how.validation());
            Partition.Indices indices = partition.part(all.files());
            check(indices, partition.validationShare() > 0 || found.has(Part.VALIDATION));
            Provenance provenance = new Provenance(how.resize(), partition);
            try (Scope opening = new Scope()) {
                ImageDataset train =
                        opening.own(all.pictures().select(indices.train()).share(provenance));
                Optional<ImageDataset> forValidation = indices.validation().length == 0
                        ? Optional.empty()
                        : Optional.of(opening.own(
                                all.pictures().select(indices.validation()).share(provenance)));
                ImageDataset test =
                        opening.own(all.pictures().select(indices.test()).share(provenance));
                opening.handOver();
                return new DataSplit(train, forValidation, test, all.reading());
            }
        }
    }

    private void check(Partition.Indices indices, boolean validated) throws BadFileException {
        if (indices.test().length == 0) {
            throw new BadFileException(
                    how.folder(),
                    "expected at least two pictures in a class, to keep one for the test, found one in each");
        }
        if (validated && indices.validation().length == 0) {
            throw new BadFileException(
                    how.folder(),
                    "expected pictures enough in a class to set one aside to validate with, found at most two in each");
        }
    }

    /** To cross-validate: of all pictures but those in a part to validate or to test with. */
    Folds folds(int k) throws IOException {
        FolderPictures found = FolderPictures.find(how);
        // What is kept for the test is not even decoded.
        int[] kept = places(found.files(), part -> part != Part.TEST);
        try (FolderPictures.Loaded all = found.keep(kept).load()) {
            int[] folded = places(all.files(), part -> part != Part.VALIDATION);
            int[] validation = places(all.files(), part -> part == Part.VALIDATION);
            // No partition: no picture is kept for a later test of what is trained here.
            Provenance provenance = new Provenance(how.resize(), null);
            try (ImageDataset pictures = all.pictures().select(folded).share(provenance)) {
                return Folds.of(
                        pictures,
                        validation.length == 0
                                ? Optional.empty()
                                : Optional.of(all.pictures().select(validation)),
                        IntStream.of(folded)
                                .mapToObj(i -> all.files().get(i).name())
                                .toList(),
                        all.reading(),
                        k,
                        how.seed());
            }
        }
    }

    private static int[] places(List<LabelledFile> files, Predicate<Part> wanted) {
        return IntStream.range(0, files.size())
                .filter(i -> wanted.test(files.get(i).part().orElse(Part.TRAIN)))
                .toArray();
    }

    /** To test a model: of the very folder it was trained on, what was kept for that. */
    TestPictures test(Provenance trained) throws IOException {
        FolderPictures found = FolderPictures.find(how);
        Optional<Partition> partition = Optional.ofNullable(trained.partition());
        Optional<Partition> ofFound = partition.filter(p -> !how.skipsBad() && p.isOf(found.files()));
        if (ofFound.isPresent()) {
            try (FolderPictures.Loaded kept =
                    found.keep(ofFound.get().part(found.files()).test()).load()) {
                return new TestPictures(kept.pictures().share(trained), true, 0, kept.reading());
            }
        }
        try (FolderPictures.Loaded all = found.load()) {
            Optional<Partition> ofThese = partition.filter(p -> p.isOf(all.files()));
            int[] indices = ofThese.map(p -> p.part(all.files()).test())
                    .orElseGet(() -> Orders.range(0, all.files().size()));
            boolean same = ofThese.isPresent();
            double known =
                    same ? 0 : partition.map(p -> p.shareKnown(all.files())).orElse(0.0);
            return new TestPictures(all.pictures().select(indices).share(trained), same, known, all.reading());
        }
    }
}
