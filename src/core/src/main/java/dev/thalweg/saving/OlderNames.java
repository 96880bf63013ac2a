package dev.thalweg.saving;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.PropertyName;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.AnnotatedParameter;
import com.fasterxml.jackson.databind.introspect.NopAnnotationIntrospector;
import dev.thalweg.data.Normalization;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Initializer;
import dev.thalweg.model.MultiHeadAttention;
import dev.thalweg.model.Submodule;
import dev.thalweg.tensor.TargetKind;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Names that record components and constants had in files before, and what components were that files did not have:
 * such a file is read still, none is written.
 */
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

    /** How kernels started before layers said so. */
    private static final Map<Class<?>, Initializer> INITIALIZERS =
            Map.of(Conv2D.class, Initializer.HE_UNIFORM, Dense.class, Initializer.GLOROT_UNIFORM);

    /** Reads an initializer, which is the usual one where a file has none. */
    private static final class LeftOut extends StdDeserializer<Initializer> {
        private static final long serialVersionUID = 1;

        private final Initializer usual;

        LeftOut(Initializer usual) {
            super(Initializer.class);
            this.usual = usual;
        }

        @Override
        public Initializer deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            return context.readValue(parser, Initializer.class);
        }

        @Override
        public Initializer getNullValue(DeserializationContext context) {
            return usual;
        }

        @Override
        public Initializer getAbsentValue(DeserializationContext context) {
            return usual;
        }
    }

    @Override
    public @Nullable Object findDeserializer(Annotated annotated) {
        if (!(annotated instanceof AnnotatedParameter parameter) || parameter.getRawType() != Initializer.class) {
            return null;
        }
        Initializer usual = INITIALIZERS.get(parameter.getDeclaringClass());
        return usual == null ? null : new LeftOut(usual);
    }

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
