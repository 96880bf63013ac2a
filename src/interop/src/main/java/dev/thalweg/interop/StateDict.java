package dev.thalweg.interop;

import dev.thalweg.Model;
import dev.thalweg.format.DType;
import dev.thalweg.format.SafetensorsReader;
import dev.thalweg.interop.torch.NamedTensors;
import dev.thalweg.interop.torch.NamingSchemes;
import dev.thalweg.interop.torch.SafetensorsFile;
import dev.thalweg.interop.torch.TorchArchive;
import dev.thalweg.io.BadFileException;
import dev.thalweg.model.ParameterSpec;
import dev.thalweg.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * An open file of weights that PyTorch trained: a state dict as safetensors, or as {@code torch.save} writes it
 * ({@code .pt}, {@code .pth}; nothing in it is run). Its tensors go into a network of
 * {@link dev.thalweg.model.Networks} under the names that torchvision and timm give them:
 * <pre>{@code
 * Model model = Model.of(Networks.resnet50(Shape.of(3, 224, 224), 1000));
 * try (StateDict weights = StateDict.open(Path.of("resnet50.pth"))) {
 *     weights.load(model);
 * }
 * Model mine = model.replaceHead(1, new Dense(12, Activation.SOFTMAX));
 * }</pre>
 */
public final class StateDict implements AutoCloseable {
    /** Before the names of a network that was trained on several devices, or compiled. */
    private static final List<String> WRAPPERS = List.of("module.", "_orig_mod.");

    /** How many batches a normalization has seen, which PyTorch keeps and nothing needs. */
    private static final String BATCHES = ".num_batches_tracked";

    private static final byte[] ZIP = {'P', 'K', 3, 4};

    /** What {@code torch.save} began with before PyTorch 1.6: a pickle of a number that marks its files. */
    private static final byte[] OLD = {
        (byte) 0x80,
        2,
        (byte) 0x8a,
        10,
        0x6c,
        (byte) 0xfc,
        (byte) 0x9c,
        0x46,
        (byte) 0xf9,
        0x20,
        0x6a,
        (byte) 0xa8,
        0x50
    };

    private final NamedTensors tensors;
    private final String prefix;

    private StateDict(NamedTensors tensors) {
        this.tensors = tensors;
        this.prefix = WRAPPERS.stream()
                .filter(wrapper -> tensors.names().stream().allMatch(name -> name.startsWith(wrapper)))
                .findFirst()
                .orElse("");
    }

    /**
     * Opens a file.
     *
     * @param file of tensors by name, or with a dictionary of them under {@code state_dict}, {@code model_state_dict},
     *     {@code model} or {@code net}
     * @return the open file; close it
     * @throws IOException if it cannot be read
     * @throws BadFileException if it is neither safetensors nor an archive of {@code torch.save} of PyTorch 1.6 or
     *     later, or holds something else than tensors
     */
    public static StateDict open(Path file) throws IOException {
        byte[] begin;
        if (Files.isDirectory(file)) {
            throw new BadFileException(file, "is a folder, expected a file of weights");
        }
        try (InputStream in = Files.newInputStream(file)) {
            begin = in.readNBytes(OLD.length);
        }
        if (Arrays.equals(begin, OLD)) {
            throw new BadFileException(
                    file,
                    "was written by torch.save of PyTorch before 1.6, or in its old format, expected the newer one or"
                            + " safetensors: load it in PyTorch and save it again by torch.save(state_dict, file)");
        }
        if (Arrays.equals(Arrays.copyOf(begin, ZIP.length), ZIP)) {
            return new StateDict(TorchArchive.open(file));
        }
        if (begin.length <= Long.BYTES || begin[Long.BYTES] != '{') {
            throw new BadFileException(
                    file,
                    "is not a safetensors file, nor an archive of torch.save: expected weights that PyTorch trained");
        }
        return new StateDict(new SafetensorsFile(SafetensorsReader.open(file)));
    }

    /**
     * {@return the names of the tensors, in the file's order; without {@code module.}, where all begin so}
     */
    public Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        tensors.names().forEach(name -> names.add(name.substring(prefix.length())));
        return Collections.unmodifiableSet(names);
    }

    /**
     * {@return the extents of a tensor}
     *
     * @param name of a tensor
     * @throws IllegalArgumentException if there is none of that name that holds numbers
     */
    public Shape shape(String name) {
        return tensors.shape(prefix + name)
                .orElseThrow(() -> new IllegalArgumentException(
                        "there is no tensor \"" + name + "\" that holds numbers, expected one of " + names()));
    }

    /**
     * Reads a tensor.
     *
     * @param name of a tensor of floating-point numbers
     * @return its numbers, row-major, rounded to single precision where they are longer
     * @throws IllegalArgumentException if there is none of that name
     * @throws IOException if it cannot be read
     */
    public float[] values(String name) throws IOException {
        shape(name);
        return tensors.values(prefix + name);
    }

    /**
     * Takes over all weights into a network of {@link dev.thalweg.model.Networks}, under the names of torchvision, timm
     * or, for CIFAR, of the usual repositories.
     *
     * @param model of any such network, of the same number of classes; its weights are replaced
     * @throws IOException if the file cannot be read
     * @throws BadFileException if names are missing or unexpected, or shapes differ: the message says which, as
     *     PyTorch's {@code load_state_dict} does; the model stays as it was
     * @throws IllegalArgumentException if the network is none whose names in PyTorch are known
     */
    public void load(Model model) throws IOException {
        load(model, namesOf(model), true);
    }

    /**
     * Takes over the weights that are there, and says what did not match: {@code load_state_dict(..., strict=False)}.
     *
     * @param model of any such network; the weights that the file has are replaced
     * @return what was missing or unexpected
     * @throws IOException if the file cannot be read
     * @throws BadFileException if shapes differ; the model stays as it was
     * @throws IllegalArgumentException if the network is none whose names in PyTorch are known
     */
    public IncompatibleKeys loadWhatMatches(Model model) throws IOException {
        return load(model, namesOf(model), false);
    }

    /**
     * Takes over all weights under given names, into a network of one's own.
     *
     * @param model whose weights are replaced
     * @param names for each of {@link Model#weights}, the name in the file
     * @throws IOException if the file cannot be read
     * @throws BadFileException if names are missing or unexpected, or shapes differ; the model stays as it was
     * @throws IllegalArgumentException if a parameter has no name there
     */
    public void load(Model model, Map<String, String> names) throws IOException {
        for (ParameterSpec spec : model.network().parameters()) {
            if (!names.containsKey(spec.name())) {
                throw new IllegalArgumentException(
                        "parameter " + spec.name() + " has no name in PyTorch, got names of " + names.keySet());
            }
        }
        load(model, names, true);
    }

    private Map<String, String> namesOf(Model model) {
        List<ParameterSpec> parameters = model.network().parameters();
        List<String> theirs = NamingSchemes.best(parameters.size(), names());
        if (theirs.isEmpty()) {
            throw new IllegalArgumentException("no network of torchvision or timm with " + parameters.size()
                    + " parameters is known, as this one has: say by load(model, names) what is called how; the file"
                    + " has " + names());
        }
        Map<String, String> names = new LinkedHashMap<>();
        for (int i = 0; i < parameters.size(); i++) {
            names.put(parameters.get(i).name(), theirs.get(i));
        }
        return names;
    }

    private IncompatibleKeys load(Model model, Map<String, String> names, boolean strict) throws IOException {
        Set<String> unexpected = new LinkedHashSet<>(names());
        unexpected.removeIf(name -> name.endsWith(BATCHES));
        List<String> missing = new ArrayList<>();
        List<String> mismatched = new ArrayList<>();
        Map<String, String> found = new LinkedHashMap<>();
        for (ParameterSpec spec : model.network().parameters()) {
            String name = Objects.requireNonNull(names.get(spec.name()));
            if (!unexpected.remove(name)) {
                missing.add(name);
            } else if (fits(name, spec.shape())) {
                found.put(spec.name(), name);
            } else {
                mismatched.add("size mismatch for " + name + ": the file has " + described(name) + ", the network "
                        + spec.shape());
            }
        }
        check(missing, unexpected, mismatched, strict);
        Map<String, float[]> weights = model.weights();
        for (Map.Entry<String, String> each : found.entrySet()) {
            weights.put(each.getKey(), values(each.getValue()));
        }
        model.weights(weights);
        return new IncompatibleKeys(missing, List.copyOf(unexpected));
    }

    private boolean fits(String name, Shape expected) {
        return tensors.dtype(prefix + name).filter(DType::isFloating).isPresent()
                && tensors.shape(prefix + name).filter(expected::equals).isPresent();
    }

    private String described(String name) {
        return tensors.dtype(prefix + name).orElseThrow() + " "
                + tensors.shape(prefix + name).map(Shape::toString).orElse("without numbers");
    }

    private void check(List<String> missing, Set<String> unexpected, List<String> mismatched, boolean strict)
            throws BadFileException {
        List<String> problems = new ArrayList<>();
        if (strict && !missing.isEmpty()) {
            problems.add("missing keys: " + String.join(", ", missing));
        }
        if (strict && !unexpected.isEmpty()) {
            problems.add("unexpected keys: " + String.join(", ", unexpected));
        }
        problems.addAll(mismatched);
        if (!problems.isEmpty()) {
            throw new BadFileException(tensors.file(), "does not fit the network:\n" + String.join("\n", problems));
        }
    }

    /**
     * Closes the file. Closing again does nothing.
     *
     * @throws IOException if it cannot be closed
     */
    @Override
    public void close() throws IOException {
        tensors.close();
    }
}
