package dev.thalweg.interop.onnx.network;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names of layers after the modules that a file's names tell of: its weights are called {@code layer1.0.conv1.weight}
 * and its nodes {@code /layer1/layer1.0/conv1/Conv} where PyTorch wrote it, and by this library's own names where that
 * did. Between the modules of such a path stand low lines, since a dot ends a layer's name: {@code layer1_0_conv1}.
 */
final class LayerNames {
    /** The path of a module, and one of its parameters. */
    private static final Pattern PARAMETER = Pattern.compile("([\\w/-]+(?:\\.[\\w/-]+)*)\\.\\w+");
    /** Modules from the outermost on, and the operator, from the second one of a module on with a number. */
    private static final Pattern NODE = Pattern.compile("((?:/[\\w.-]+)+)/([A-Za-z]+(?:_\\d+)?)");

    private static final Pattern BETWEEN_MODULES = Pattern.compile("[./]");
    private static final Pattern BETWEEN_SCOPES = Pattern.compile("/");
    private static final int LONGEST = 200;

    private final Set<String> taken = new HashSet<>();

    /**
     * The name of a layer with weights.
     *
     * @param origins what the file calls them
     * @param steps the layer's nodes
     * @return null if the file tells none
     */
    @Nullable
    String ofWeights(Collection<String> origins, Collection<Step> steps) {
        List<String> path = common(origins);
        for (Step step : steps) {
            if (path.isEmpty() && step.inputs().stream().anyMatch(origins::contains)) {
                path = modules(step.node().name());
            }
        }
        return name(path);
    }

    /**
     * The name of a layer without weights: of its module, and of the operator unless the module is named after that.
     *
     * @param last the layer's last node
     * @return null if the file tells none
     */
    @Nullable
    String ofNode(Step last) {
        List<String> path = modules(last.node().name());
        if (path.isEmpty()) {
            return null;
        }
        String operator = last.node().opType().toLowerCase(Locale.ROOT);
        String module = path.getLast().toLowerCase(Locale.ROOT);
        if (!module.equals(operator) && !module.startsWith(operator + "_")) {
            path = new ArrayList<>(path);
            path.add(operator);
        }
        return name(path);
    }

    private @Nullable String name(List<String> path) {
        String joined = String.join("_", path);
        return joined.isEmpty()
                        || joined.length()
                                > LONGEST - Integer.toString(Integer.MAX_VALUE).length() - 1
                ? null
                : unique(joined);
    }

    private String unique(String name) {
        String free = name;
        for (int i = 1; !taken.add(free); i++) {
            free = name + "_" + i;
        }
        return free;
    }

    /** The modules that all parameters are within, of those whose names tell of modules. */
    private static List<String> common(Collection<String> origins) {
        List<String> common = List.of();
        boolean first = true;
        for (String origin : origins) {
            Matcher matcher = PARAMETER.matcher(origin);
            if (matcher.matches()) {
                List<String> path = List.of(BETWEEN_MODULES.split(matcher.group(1), -1));
                int length = 0;
                while (!first
                        && length < Math.min(path.size(), common.size())
                        && path.get(length).equals(common.get(length))) {
                    length++;
                }
                common = first ? path : common.subList(0, length);
                first = false;
            }
        }
        return common.stream().filter(module -> !module.isEmpty()).toList();
    }

    /** PyTorch repeats a list's name before its members' numbers: {@code /layer1/layer1.0} is one path. */
    private static List<String> modules(String node) {
        Matcher matcher = NODE.matcher(node);
        if (!matcher.matches()) {
            return List.of();
        }
        List<String> path = new ArrayList<>();
        String before = "";
        for (String scope : BETWEEN_SCOPES.split(matcher.group(1).substring(1), -1)) {
            String own =
                    !before.isEmpty() && scope.startsWith(before + ".") ? scope.substring(before.length() + 1) : scope;
            path.addAll(List.of(BETWEEN_MODULES.split(own, -1)));
            before = scope;
        }
        return path.stream().filter(module -> !module.isEmpty()).toList();
    }
}
