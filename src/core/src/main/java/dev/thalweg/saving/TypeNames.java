package dev.thalweg.saving;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.DatabindContext;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.annotation.JsonTypeIdResolver;
import com.fasterxml.jackson.databind.jsontype.impl.TypeIdResolverBase;
import dev.thalweg.io.Registry;
import dev.thalweg.text.PrintableText;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/**
 * Writes the name of a record's type into its JSON, and finds the type again by it: among this library's own, then
 * among those that were registered. Nothing else is ever looked for.
 */
final class TypeNames extends TypeIdResolverBase {
    /** Has a family written so. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.CUSTOM, property = "type")
    @JsonTypeIdResolver(TypeNames.class)
    interface Typed {}

    /** As Jackson tells it before it asks. */
    private Class<?> family = Object.class;

    @Override
    public void init(JavaType base) {
        family = BuiltIn.family(base.getRawClass());
    }

    @Override
    public JsonTypeInfo.Id getMechanism() {
        return JsonTypeInfo.Id.CUSTOM;
    }

    @Override
    public String idFromValue(Object value) {
        return of(family, value).orElseThrow(() -> new IllegalArgumentException(unnamed(family, value)));
    }

    @Override
    public String idFromValueAndType(Object value, Class<?> type) {
        return idFromValue(value);
    }

    @Override
    public JavaType typeFromId(DatabindContext context, String id) throws IOException {
        Optional<Class<?>> type = type(family, id);
        if (type.isEmpty()) {
            throw JsonMappingException.from(((DeserializationContext) context).getParser(), unknown(family, id));
        }
        return context.constructType(type.get());
    }

    /** {@return the name of an object's type; empty if it has none} */
    static Optional<String> of(Class<?> family, Object value) {
        String simple = value.getClass().getSimpleName();
        return BuiltIn.of(family).get(simple) == value.getClass()
                ? Optional.of(simple)
                : Registry.nameOf(family, value);
    }

    /** {@return the type of a name; empty if it has none here} */
    static Optional<Class<?>> type(Class<?> family, String name) {
        Class<?> own = BuiltIn.of(family).get(name);
        return own != null ? Optional.of(own) : Registry.type(family, name).map(t -> t);
    }

    static String unnamed(Class<?> family, Object value) {
        String word = family.getSimpleName();
        return "the " + word.toLowerCase(Locale.ROOT) + " "
                + PrintableText.excerpt(value.getClass().getName())
                + " has no name by which a file could know it: call Registry.register(" + word
                + ".class, \"owner.Name\", ...) with it first; it must be a record";
    }

    static String unknown(Class<?> family, String name) {
        String word = family.getSimpleName();
        return "there is no " + word.toLowerCase(Locale.ROOT) + " \"" + PrintableText.excerpt(name)
                + "\" here: this library has none of that name, and registered are " + Registry.names(family)
                + "; one of your own is made known by Registry.register(" + word + ".class, \""
                + PrintableText.excerpt(name) + "\", ...) before the model is loaded";
    }
}
