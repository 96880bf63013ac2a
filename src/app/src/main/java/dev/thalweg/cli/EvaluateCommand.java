package dev.thalweg.cli;

import dev.thalweg.Model;
import dev.thalweg.data.TestPictures;
import dev.thalweg.files.FileNames;
import dev.thalweg.text.PrintableText;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code thalweg evaluate}. */
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Tests a saved model: on the test pictures of a data set; of the folder it was trained on, on"
                + " those kept for the test; of another folder, on all. A folder may lack some of"
                + " the classes; a model of"
                + " labels or numbers needs --targets.")
final class EvaluateCommand implements Callable<Integer> {
    /** From which share on pictures are said to be known. */
    private static final double NOTABLE = 0.1;

    @Parameters(paramLabel = "MODEL", description = "A model that train saved.")
    private Path file;

    @Mixin
    private DataOptions data;

    @Mixin
    private BackendOptions compute;

    @Mixin
    private ViewsOption views;

    @Override
    public Integer call() throws IOException {
        try (Model model = SavedModel.load(file);
                TestPictures test = data.readTest(model)) {
            compute.applyTo(model);
            views.applyTo(model);
            PrintStream out = System.out;
            ScalingText.warn(model, file, out);
            test.reading().lines().forEach(line -> out.println(PrintableText.printable(line)));
            out.println(PrintableText.printable(FileNames.text(file)) + " on " + test.pictures() + ": "
                    + (test.kept() ? "those kept for the test" : "all pictures of the folder"));
            if (test.known() >= NOTABLE) {
                out.printf(
                        Locale.ROOT,
                        "The folder is not the one that the model was trained on, but like it: about %.0f %%"
                                + " of these pictures have name and size of pictures it learnt from%n",
                        100 * test.known());
            }
            Results.print("Test", test.pictures().targets(), model.test(test.pictures()), out);
        }
        return 0;
    }
}
