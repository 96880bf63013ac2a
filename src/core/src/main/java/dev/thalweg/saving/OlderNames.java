package dev.thalweg.saving;

import com.fasterxml.jackson.databind.PropertyName;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.AnnotatedParameter;
import com.fasterxml.jackson.databind.introspect.NopAnnotationIntrospector;
import dev.thalweg.data.Normalization;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.MultiHeadAttention;
import dev.thalweg.model.Submodule;
import dev.thalweg.tensor.TargetKind;
import java.util.List;
import java.util.Map;

/** Names that record components and constants had in files before: such a file is read still, none is written. */
final class OlderNames extends NopAnnotationIntrospector {
    private static final long serialVersionUID = 1;

    private static final Map<Class<?>, Map<String, String>> COMPONENTS = Map.of(
            ModelJson.class, Map.of("calls", "steps", "outputNames", "classNames"),
            Submodule.class, Map.of("calls", "steps"),
            Normalization.class, Map.of("std", "deviation"),
            Conv2D.class, Map.of("kernelInitializer", "initializer"),
            Dense.class, Map.of("kernelInitializer", "initializer"),
            MultiHeadAttention.class, Map.of("numHeads", "heads"));

    private static final Map<TargetKind, String> KINDS =
            Map.of(TargetKind.MULTI_LABEL, "LABELS", TargetKind.REGRESSION, "NUMBERS");

    @Override
    public List<PropertyName> findPropertyAliases(Annotated annotated) {
        if (!(annotated instanceof AnnotatedParameter parameter)) {
            return List.of();
        }
        Class<?> type = parameter.getDeclaringClass();
        Map<String, String> older = COMPONENTS.getOrDefault(type, Map.of());
        if (older.isEmpty()) {
            return List.of();
        }
        String name = older.get(type.getRecordComponents()[parameter.getIndex()].getName());
        return name == null ? List.of() : List.of(PropertyName.construct(name));
    }

    @Override
    public void findEnumAliases(MapperConfig<?> config, AnnotatedClass type, Enum<?>[] constants, String[][] aliases) {
        for (int i = 0; i < constants.length; i++) {
            if (constants[i] instanceof TargetKind kind && KINDS.containsKey(kind)) {
                aliases[i] = new String[] {KINDS.get(kind)};
            }
        }
    }
}
