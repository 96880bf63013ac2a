package dev.thalweg.report;

import static j2html.TagCreator.div;
import static j2html.TagCreator.each;
import static j2html.TagCreator.figcaption;
import static j2html.TagCreator.figure;
import static j2html.TagCreator.h2;
import static j2html.TagCreator.p;

import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.text.Counted;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Pictures that stand in two parts, or nearly so: what was found of them in each two parts.
 *
 * @param comparisons of two parts each; none where there are too many pictures
 * @param pictures how many there are in all
 */
record DuplicatePictures(List<Comparison> comparisons, int pictures) {
    /** Where there are more nothing is looked for: each has to be read once more. */
    private static final int MOST = 500_000;

    private static final int SHOWN = 12;

    /**
     * What of one part stands in another.
     *
     * @param known name of the part that was looked in
     * @param found name of the part whose pictures were looked for
     * @param knownPictures those
     * @param foundPictures these
     * @param duplicates what was found
     */
    record Comparison(
            String known,
            String found,
            ImageDataset knownPictures,
            ImageDataset foundPictures,
            NearDuplicates duplicates) {
        /** The share of the latter part's pictures. */
        double share() {
            return (double) duplicates.pairs().size() / foundPictures.size();
        }
    }

    static DuplicatePictures of(DataSplit split) {
        int pictures = split.parts().stream().mapToInt(ImageDataset::size).sum();
        if (pictures > MOST) {
            return new DuplicatePictures(List.of(), pictures);
        }
        HashedPictures train = HashedPictures.of(split.train());
        HashedPictures test = HashedPictures.of(split.test());
        List<Comparison> comparisons = new ArrayList<>();
        comparisons.add(compared("training", train, "test", test));
        split.validation().map(HashedPictures::of).ifPresent(validation -> {
            comparisons.add(compared("training", train, "validation", validation));
            comparisons.add(compared("validation", validation, "test", test));
        });
        return new DuplicatePictures(List.copyOf(comparisons), pictures);
    }

    private static Comparison compared(String known, HashedPictures in, String found, HashedPictures pictures) {
        return new Comparison(known, found, in.pictures(), pictures.pictures(), NearDuplicates.of(pictures, in));
    }

    List<DomContent> section() {
        List<DomContent> section = new ArrayList<>(List.of(
                h2("Near duplicates"),
                p("A picture that was learnt from and stands, nearly the same, among those to be tested with makes a"
                        + " result look better than it is. Pictures were compared in grey, at the size that the network"
                        + " sees: by 64 bits of their lowest frequencies (a perceptual hash, of which at most "
                        + HashIndex.DISTANCE
                        + " may differ) and then by their pixels, which must be far more alike than"
                        + " those of other pictures. Brightness and contrast may differ; mirrored, turned and much"
                        + " cropped ones are not found. Where all pictures show one thing on one ground, two things of"
                        + " one make are found too.")));
        if (comparisons.isEmpty()) {
            section.add(p(String.format(
                    Locale.ROOT, "They were not looked for among %,d pictures: more than %,d.", pictures, MOST)));
        }
        comparisons.forEach(comparison -> section.addAll(figures(comparison)));
        return section;
    }

    private static List<DomContent> figures(Comparison comparison) {
        NearDuplicates duplicates = comparison.duplicates();
        List<DomContent> figures = new ArrayList<>(List.of(p(String.format(
                Locale.ROOT,
                "%,d of %,d %s pictures (%.2f %%) stand nearly so among the %s pictures%s",
                duplicates.pairs().size(),
                comparison.foundPictures().size(),
                comparison.found(),
                100 * comparison.share(),
                comparison.known(),
                duplicates.plain() == 0
                        ? "."
                        : "; " + Counted.of(duplicates.plain(), "more picture") + " of nearly one grey "
                                + (duplicates.plain() == 1 ? "was" : "were") + " not looked for."))));
        if (!duplicates.pairs().isEmpty()) {
            figures.add(div(each(duplicates.pairs().stream().limit(SHOWN).toList(), pair -> figureOf(comparison, pair)))
                    .withClass("duplicates"));
        }
        return figures;
    }

    private static DomContent figureOf(Comparison comparison, NearDuplicates.Pair pair) {
        return figure(
                HtmlReport.image(PictureFiles.image(comparison.knownPictures(), pair.known())),
                HtmlReport.image(PictureFiles.image(comparison.foundPictures(), pair.found())),
                figcaption(told(comparison.known(), comparison.knownPictures(), pair.known()) + "; "
                        + told(comparison.found(), comparison.foundPictures(), pair.found())));
    }

    private static String told(String part, ImageDataset data, int picture) {
        return part + ": " + AskedPart.name(data, picture) + ", " + TargetText.of(data, picture);
    }
}
