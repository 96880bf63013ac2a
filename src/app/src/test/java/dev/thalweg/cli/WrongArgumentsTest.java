package dev.thalweg.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.cli.MainTest.Result;
import dev.thalweg.optim.Adadelta;
import dev.thalweg.optim.Adagrad;
import dev.thalweg.optim.Adam;
import dev.thalweg.optim.AdamW;
import dev.thalweg.optim.LAMB;
import dev.thalweg.optim.LARS;
import dev.thalweg.optim.Lion;
import dev.thalweg.optim.Muon;
import dev.thalweg.optim.Nadam;
import dev.thalweg.optim.RMSprop;
import dev.thalweg.optim.SGD;
import dev.thalweg.optim.ScheduleFreeAdamW;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Words and values that cannot be meant end a command with 2 before anything is done, and name the option. */
class WrongArgumentsTest {
    /** A training whose options are looked at, and which then ends with 1: there are no such pictures. */
    private static final String ENDS = "train --data /nowhere ";

    private static Result run(String arguments) {
        return MainTest.run(arguments.split(" "));
    }

    private static void assertRefused(String arguments, String... parts) {
        Result result = run(arguments);
        assertEquals(2, result.exit(), arguments + ": " + result.err());
        assertEquals(1, result.err().lines().count(), result.err());
        for (String part : parts) {
            assertTrue(result.err().contains(part), arguments + ": " + result.err());
        }
        assertFalse(result.err().contains("Exception"), result.err());
    }

    private static void assertTaken(String arguments) {
        Result result = run(arguments);
        assertEquals(1, result.exit(), arguments + ": " + result.err());
        assertTrue(result.err().contains("no such file or directory"), arguments + ": " + result.err());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--epochs | 1 | 0,-1,many,1.5",
                "--batch-size | 1 | 0,-3",
                "--accumulate | 1 | 0,-1",
                "--warm-up | 0 | -1,x",
                "--keep | 1 | 0",
                "--early-stopping | 1 | 0,-2",
                "--reduce-on-plateau | 1 | 0",
                "--learning-rate | 0.1 | 0,-1,NaN,Infinity,fast",
                "--momentum | 0 | 1,1.5,-0.1",
                "--decay | 0 | -1,NaN",
                "--clip-value | 1e9 | 0,-1",
                "--clip-norm | 1 | 0,NaN",
                "--clip-global-norm | 1 | 0",
                "--l1 | 0 | -1",
                "--l2 | 1 | -1,Infinity",
                "--weight-decay | 0 | -0.1",
                "--average-weights | 0.5 | 0,1,2",
                "--label-smoothing | 0 | 1,-0.1",
                "--sam | 0.05 | 0,-1",
                "--lookahead | 5 | 0,1.5",
                "--focal | 0 | -1,NaN",
                "--validation | 0 | 1,-0.1",
                "--folds | 20 | 1,21,0,x",
                "--threads | 4096 | 0,4097,all",
                "--channels | 3 | 2,0",
                "--image-size | 8x8 | 8,0x8,8x0,8x8x8,99999x1",
                "--resize | PAD | fold",
                "--model | ResNet20 | resnet",
                "--backend | java | cuda",
                "--precision | bf16 | f64",
                "--device | cpu | tpu,gpu:x",
                "--optimizer | ADAM | sdg",
                "--schedule | One-Cycle | zigzag,onecycle",
                "--augment | crop,FLIP,Alternating_Flip,resized-crop,trivial,rand,repeated | turn",
                "--on-bad-file | skip | ignore",
                "--seed | -1 | x"
            })
    void valuesHaveRanges(String option, String good, String bad) {
        assertTaken(ENDS + option + " " + good);
        for (String value : bad.split(",", -1)) {
            assertRefused(ENDS + option + " " + value, option);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--decay 0.1 --schedule cosine | --decay and --schedule contradict",
                "--clip-value 1 --clip-norm 1 | --clip-value and --clip-norm contradict",
                "--clip-norm 1 --clip-global-norm 1 | contradict",
                "--nesterov --momentum 0 | --nesterov has no effect",
                "--optimizer muon --accumulate 2 | --accumulate: expected 1 with --optimizer muon",
                "--optimizer schedule-free-adamw --schedule cosine | --schedule and --optimizer schedule-free-adamw",
                "--optimizer schedule-free-adamw --average-weights 0.9 | which averages weights itself, contradict",
                "--optimizer schedule-free-adamw --lookahead 5 | --lookahead and --optimizer",
                "--monitor validation_accuracy | --monitor has no effect here: expected it with --early-stopping or",
                "--monitor sharpness --keep-best | --monitor: expected one of [loss, accuracy, validation_loss,",
                "--monitor macro_f1 --keep-best | validation_macro_f1",
                "--augment repeated | --augment: repeated pictures are the same where nothing changes them",
                "--task regression | --task has no effect here: expected it with --targets",
                "--save /nowhere/at/all/m.safetensors | --save: expected a file in a directory that exists",
                "--resume | found none in",
                "--output pom.xml | expected a folder, found a file",
                "--early-stopping 1 --validation 0 | expected --validation above 0",
                "--freeze conv.* | --freeze has no effect here: expected it with --from",
                "--head-only | --head-only has no effect here: expected it with --from",
                "--normalization imagenet | --normalization has no effect here: expected it with --from",
                "--network resnet18 --classes 3 | --network has no effect here: expected it with --from",
                "--from m.onnx --classes 3 | --classes has no effect here: expected it with --network",
                "--from m.onnx --freeze a.* --head-only | --freeze and --head-only contradict each other",
                "--balance --augment crop,repeated | --balance and --augment repeated contradict each other",
                "--test-time-augmentation none,mirror | --test-time-augmentation: expected none alone",
                "--folds 5 --save m.safetensors | --save has no effect with --folds: expected one of them",
                "--folds 5 --keep-best | --keep-best has no effect with --folds: expected one of them",
                "--teacher-weight 0.2 | --teacher-weight has no effect here: expected it with --teacher",
                "--progressive-resizing 0 | expected a number above 0 and below 1, got '0'",
                "--progressive-resizing 1 | expected a number above 0 and below 1, got '1'",
                "--preset quick | expected one of none, essay, fast, balanced, best, got 'quick'",
                "--from m.onnx --model cnn | --from and --model contradict each other",
                "--from m.onnx --standardize | --from and --standardize contradict each other",
                "--from m.onnx --network resnet18 --classes 3 | --network: expected none beside m.onnx",
                "--from m.pth | --from: m.pth holds weights alone: expected --network and --classes",
                "--from m.pth --network resnet18 | --network: expected --classes beside it",
                "--from m.pth --network resnet18 --classes 0 | --classes",
                "--from m.bin | --from: expected a file whose name ends in .safetensors, .onnx, .pt, .pth, .h5 or",
                "--from m.onnx --normalization caffe | expected one of unit, imagenet, got 'caffe'",
                "--from m.onnx --freeze conv( | --freeze': expected a regular expression, got 'conv(': Unclosed group",
            })
    void whatContradictsItselfOrDoesNothingIsRefused(String options, String part) {
        assertRefused(ENDS + options, part);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "find-rate --steps 9 | --steps: expected at least 10",
                "find-rate --from 1 --to 0.1 | --to: expected a rate above --from 1.0, got 0.1",
                "find-rate --plot x.gif | --plot: expected a file whose name ends in .svg or .png, got x.gif",
                "find-rate --plot /nowhere/x.png | --plot: expected a file in a directory that exists",
                "find-rate --schedule cosine | Unknown option",
                "find-rate --head-only | Unknown option",
                "tune --budget soon | expected a time as in 90s, 10m or 2h, or epochs as in 200epochs, got 'soon'",
                "tune --budget 0m | --budget",
                "tune --trials 0 | --trials",
                "tune --resume | --resume: expected --output to name the folder of an earlier tune, got none",
                "tune --resume --output src | expected --output to name the folder of an earlier tune, got src",
                "tune --output pom.xml | --output: expected a folder, got the file pom.xml",
                "tune --output src | --output: expected a new or empty folder, got one that holds src",
                "tune --decay 0.1 --schedule cosine | --decay and --schedule contradict each other",
                "tune --early-stopping 2 | Unknown option",
                "tune --preset essay --validation 0 | --validation: expected a share above 0, by which trials are",
                "tune --preset essay --learning-rate 1 --l2 0 --augment flip --model cnn | all that could be tried is",
                "predict --top 0 m.safetensors x.png | --top",
                "info --threads 0 | --threads",
                "train --data builtin --targets t.csv | --targets has no effect with --data builtin",
                "train --data builtin --image-size 8x8 | is no folder of pictures",
                "export m.safetensors m.safetensors | FILE: expected a file whose name ends in .onnx, got"
                        + " m.safetensors",
                "export m.safetensors /nowhere/m.onnx | FILE: expected a file in a directory that exists",
                "export m.safetensors | Missing required parameter: 'FILE'",
                "quantize m.safetensors m.onnx | FILE: expected a file whose name ends in .safetensors, got m.onnx",
                "quantize m.safetensors /nowhere/q.safetensors | FILE: expected a file in a directory that exists",
                "quantize m.safetensors q.safetensors --pictures 0 | --pictures",
                "quantize m.safetensors q.safetensors --calibration best | expected one of min-max, percentile",
                "quantize m.safetensors q.safetensors --percent 50 | --percent': expected a number above 50",
                "quantize m.safetensors q.safetensors --calibration entropy --percent 99 | --percent has no effect",
                "convert m.safetensors m.bin | TO: expected a file whose name ends in .weights.safetensors (weights",
                "convert m.safetensors /nowhere/m.onnx | TO: expected a file in a directory that exists",
                "convert m.bin m.onnx | FROM: expected a file whose name ends in .safetensors, .onnx, .pt, .pth, .h5"
                        + " or .keras, got m.bin",
                "convert m.h5 m.onnx --network resnet18 --classes 3 | --network: expected none beside m.h5",
                "convert m.pth m.onnx | FROM: m.pth holds weights alone: expected --network and --classes",
                "convert m.pth m.onnx --network resnet18 | --network: expected --classes beside it",
                "convert m.pth m.onnx --network resnet --classes 3 | --network",
                "convert m.pth m.onnx --network resnet18 --classes 0 | --classes",
                "predict m.onnx x.png | MODEL: expected a model that train saved, got m.onnx: make one of it first, by"
                        + " thalweg convert",
                "evaluate m.h5 | got m.h5: make one of it first, by thalweg convert FROM TO.safetensors",
                "quantize m.keras q.safetensors | got m.keras: make one of it first",
                "export m.pth m.onnx | thalweg convert FROM TO.safetensors --network NAME --classes N",
                "convert m.safetensors m.onnx --classes 3 | --classes has no effect here: expected it with --network",
                "convert m.pth m.onnx --network cnn --classes 2 --channels 1 --normalization imagenet | --channels 3",
                "train --schedule zigzag | expected one of constant, linear, cosine, one-cycle, step, got 'zigzag'",
                "train --resize fold | expected one of crop, pad, stretch, got 'fold'",
                "train --task labels | expected one of classes, multi-label, regression, got 'labels'",
                "train --epoch 3 | Unknown options: '--epoch', '3'; did you mean --epochs?",
                "train more | Unmatched argument",
                "learn | there is no command 'learn', expected one of train, tune, find-rate, evaluate, predict, serve,"
                        + " quantize, export, convert, info",
                "trian | did you mean train"
            })
    void everyCommandSaysSo(String arguments, String part) {
        assertRefused(arguments, part);
    }

    /** Whether a rule has a setting, its record tells. */
    static Stream<Arguments> optimizersAndOptions() {
        Map<OptimizerName, Class<? extends Record>> rules = Map.ofEntries(
                Map.entry(OptimizerName.SGD, SGD.class),
                Map.entry(OptimizerName.ADAGRAD, Adagrad.class),
                Map.entry(OptimizerName.RMSPROP, RMSprop.class),
                Map.entry(OptimizerName.ADAM, Adam.class),
                Map.entry(OptimizerName.ADAMW, AdamW.class),
                Map.entry(OptimizerName.ADADELTA, Adadelta.class),
                Map.entry(OptimizerName.NADAM, Nadam.class),
                Map.entry(OptimizerName.LION, Lion.class),
                Map.entry(OptimizerName.LARS, LARS.class),
                Map.entry(OptimizerName.LAMB, LAMB.class),
                Map.entry(OptimizerName.MUON, Muon.class),
                Map.entry(OptimizerName.SCHEDULE_FREE_ADAMW, ScheduleFreeAdamW.class));
        assertEquals(OptimizerName.values().length, rules.size());
        return rules.entrySet().stream()
                .flatMap(rule -> Stream.of("--momentum 0.5", "--nesterov", "--decay 0.1")
                        .map(option -> Arguments.of(
                                rule.getKey(),
                                option,
                                Stream.of(rule.getValue().getRecordComponents())
                                        .map(RecordComponent::getName)
                                        .toList()
                                        .contains(option.split(" ", -1)[0].substring(2)))));
    }

    @ParameterizedTest
    @MethodSource("optimizersAndOptions")
    void everyOptimizerTakesItsOptionsAlone(OptimizerName optimizer, String option, boolean known) {
        String arguments = ENDS + "--optimizer " + optimizer + " " + option;
        if (known) {
            assertTaken(arguments);
        } else {
            assertRefused(arguments, option.split(" ", -1)[0] + " has no effect with --optimizer " + optimizer);
        }
    }

    @Test
    void helpNamesTheOptimizersOfEachOption() {
        String help = run("train --help").out().replaceAll("\\s+", " ");
        assertTrue(help.contains("for sgd, rmsprop, lars, muon."), help);
        assertTrue(help.contains("Nesterov's momentum, for sgd."), help);
        assertTrue(run("--help").out().replaceAll("\\s+", " ").contains("Exit codes: 0 done; 1 failed"));
        for (CommandLine command : Main.commandLine().getSubcommands().values()) {
            String text = command.getUsageMessage();
            assertFalse(text.contains("${"), text);
        }
    }

    /** An option whose numbers have no range would take any. */
    @Test
    void everyNumberHasARange() {
        for (CommandLine command : Main.commandLine().getSubcommands().values()) {
            List<String> free = command.getCommandSpec().options().stream()
                    .filter(option -> option.converters().length == 0)
                    .filter(option -> Number.class.isAssignableFrom(option.type())
                            || option.type().isPrimitive() && option.type() != boolean.class)
                    .map(OptionSpec::longestName)
                    .filter(name -> !name.equals("--seed"))
                    .toList();
            assertEquals(List.of(), free, command.getCommandName());
        }
    }
}
