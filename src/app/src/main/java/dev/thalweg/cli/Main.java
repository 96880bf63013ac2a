package dev.thalweg.cli;

import dev.thalweg.backend.Backends;
import dev.thalweg.tensor.Device;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program's entry: hands the arguments to a command and turns errors into one line and an exit code. */
@Command(
        name = "thalweg",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Trains image classifiers by gradient descent and asks them what they see.",
        footer = {
            "",
            "Exit codes: 0 done; 1 failed, on the data or in the run; 2 a word or a value of the command line is wrong,"
                    + " nothing was done; 130 a training was interrupted and can be resumed,"
                    + " 143 by a signal TERM."
        })
public final class Main implements Callable<Integer> {
    /** In the order of the help. */
    static final List<Class<? extends Callable<Integer>>> COMMANDS = List.of(
            TrainCommand.class,
            TuneCommand.class,
            FindRateCommand.class,
            EvaluateCommand.class,
            PredictCommand.class,
            ServeCommand.class,
            QuantizeCommand.class,
            ExportCommand.class,
            ConvertCommand.class,
            InfoCommand.class);

    private static final Set<String> COMPUTING =
            Set.of("train", "tune", "find-rate", "evaluate", "predict", "serve", "quantize");

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    private Main() {}

    /**
     * Runs the program and ends the JVM with its exit code.
     *
     * @param arguments the command line
     */
    public static void main(String[] arguments) {
        // Nothing here opens a window; without this, macOS shows an icon for drawing the built-in data set.
        System.setProperty("java.awt.headless", "true");
        Thread.setDefaultUncaughtExceptionHandler(
                (thread, e) -> System.err.println("thalweg: " + thread.getName() + ": " + Failure.line(e)));
        // Names of classes and files may be of any script, and JSON is UTF-8, whatever the locale says.
        System.setOut(new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8));
        if (arguments.length > 0 && COMPUTING.contains(arguments[0])) {
            Backends.preload(BackendOptions.named(arguments));
        }
        CommandLine line = commandLine(arguments)
                .setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
        System.exit(run(line, arguments));
    }

    /**
     * What understands a command line: with all commands, or where it begins with one of the program's own, with that
     * one alone, because to describe the others takes longer than to predict.
     */
    static CommandLine commandLine(String... arguments) {
        CommandLine line = new CommandLine(new Main());
        List<Class<? extends Callable<Integer>>> asked = COMMANDS.stream()
                .filter(command -> arguments.length > 0
                        && command.getAnnotation(Command.class).name().equals(arguments[0]))
                .toList();
        (asked.isEmpty() ? COMMANDS : asked).forEach(line::addSubcommand);
        if (asked.isEmpty()) {
            for (CommandProvider provider : ServiceLoader.load(CommandProvider.class, Main.class.getClassLoader())) {
                provider.commands().forEach(line::addSubcommand);
            }
        }
        EnumWords.register(line);
        line.registerConverter(Path.class, Main::path);
        line.registerConverter(Device.class, word -> parsed(Device::parse, word));
        line.registerConverter(PictureSize.class, word -> parsed(PictureSize::parse, word));
        line.setResourceBundle(OptimizerName.texts());
        line.setParameterExceptionHandler(Main::wrongArguments);
        line.setExecutionExceptionHandler((e, command, result) -> e instanceof WrongArgumentException wrong
                ? wrongArguments(Failure.line(wrong), command)
                : failed(e, command));
        return line;
    }

    @Override
    public Integer call() {
        throw new ParameterException(
                spec.commandLine(),
                "expected a command: " + String.join(", ", spec.subcommands().keySet()));
    }

    /** Runs a command line. What ends it, an exception or an error such as too little memory, is told in one line. */
    static int run(CommandLine line, String... arguments) {
        try {
            return line.execute(arguments);
        } catch (Throwable e) {
            // The handler of exceptions is not asked about errors.
            return failed(e, line);
        }
    }

    private static Path path(String argument) {
        try {
            return Path.of(argument);
        } catch (InvalidPathException e) {
            throw new TypeConversionException(Failure.line(e));
        }
    }

    private static <T> T parsed(Function<String, T> parser, String argument) {
        try {
            return parser.apply(argument);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(Failure.line(e));
        }
    }

    private static int wrongArguments(ParameterException e, String[] arguments) {
        return wrongArguments(
                e instanceof UnmatchedArgumentException unmatched ? explain(unmatched) : Failure.line(e),
                e.getCommandLine());
    }

    private static int wrongArguments(String problem, CommandLine command) {
        command.getErr()
                .println("thalweg: " + problem + " (see: "
                        + command.getCommandSpec().qualifiedName() + " --help)");
        return CommandLine.ExitCode.USAGE;
    }

    /** What there is instead of a word that nothing knows. */
    private static String explain(UnmatchedArgumentException e) {
        Set<String> commands = e.getCommandLine().getSubcommands().keySet();
        String problem = commands.isEmpty() || e.isUnknownOption()
                ? Failure.line(e)
                : "there is no command '" + e.getUnmatched().getFirst() + "', expected one of "
                        + String.join(", ", commands);
        List<String> alike = e.getSuggestions();
        return Failure.line(alike.isEmpty() ? problem : problem + "; did you mean " + String.join(" or ", alike) + "?");
    }

    private static int failed(Throwable e, CommandLine command) {
        PrintWriter err = command.getErr();
        err.println("thalweg: " + Failure.line(e));
        if (Boolean.getBoolean("thalweg.stacktrace")) {
            e.printStackTrace(err);
        }
        return CommandLine.ExitCode.SOFTWARE;
    }
}
