package dev.thalweg.cli;

import dev.thalweg.Model;
import dev.thalweg.backend.Backend;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.backend.Backends;
import dev.thalweg.tensor.Device;
import dev.thalweg.tensor.Precision;
import dev.thalweg.tensor.Threads;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What computes; shared by the commands. */
final class BackendOptions {
    /** One of the backends that are there, or the choice among them. */
    private static final class BackendName implements ITypeConverter<BackendChoice> {
        @Override
        public BackendChoice convert(String word) {
            BackendChoice choice = BackendChoice.of(word);
            if (!choice.equals(BackendChoice.AUTO) && !Backends.names().contains(choice.name())) {
                throw new TypeConversionException(
                        "expected auto or one of " + String.join(", ", Backends.names()) + ", got '" + word + "'");
            }
            return choice;
        }
    }

    private static final String NAME = "--backend";

    @Option(
            names = NAME,
            paramLabel = "NAME",
            converter = BackendName.class,
            description = "onednn, java, or auto for the faster one that works here (default: auto).")
    private BackendChoice backend = BackendChoice.preset();

    @Option(
            names = "--threads",
            paramLabel = "N",
            converter = Range.ThreadCount.class,
            description = "How many threads compute (default: all processors).")
    private @Nullable Threads threads;

    @Option(
            names = "--precision",
            paramLabel = "NAME",
            description = "f32, bf16 or f16: activations of half the size, on CPUs that multiply them (default: "
                    + "${DEFAULT-VALUE}).")
    private Precision precision = Precision.F32;

    @Option(
            names = "--device",
            paramLabel = "NAME",
            description = "cpu, gpu or gpu:N for an Intel GPU, or auto for a GPU where there is one (default: "
                    + "${DEFAULT-VALUE}).")
    private Device device = Device.parse("cpu");

    /** Which backend a command line names, before it is understood; a wrong word is told of later. */
    static BackendChoice named(String... arguments) {
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i].startsWith(NAME + "=")) {
                return BackendChoice.of(arguments[i].substring(NAME.length() + 1));
            }
            if (arguments[i].equals(NAME) && i + 1 < arguments.length) {
                return BackendChoice.of(arguments[i + 1]);
            }
        }
        return BackendChoice.preset();
    }

    /**
     * Opens the backend and closes it, for commands that would have much to do before it is opened.
     *
     * @throws IllegalArgumentException if it does not compute on such a device, or a setting of its own is wrong
     * @throws dev.thalweg.tensor.UnavailableException if it cannot be used here
     */
    void check() {
        open().close();
    }

    /** Has a model computed so. */
    Model applyTo(Model model) {
        return model.backend(backend, threads(), device).precision(precision);
    }

    Backend open() {
        return Backends.open(backend, threads(), device);
    }

    private Threads threads() {
        return threads != null ? threads : Threads.auto();
    }
}
