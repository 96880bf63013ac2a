package dev.thalweg.tensor;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The result is all that a method gives: to drop it is a mistake. It stands at each method that is named after a
 * setting and returns a copy with it: layers, losses, optimizers and options are such values, and
 * {@code dense.useBias(false)} alone does nothing. What has a life of its own, as a model has, changes itself, returns
 * itself, and does not bear it. Error Prone and other checkers know such an annotation by its simple name.
 */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target({ElementType.METHOD, ElementType.CONSTRUCTOR, ElementType.TYPE, ElementType.PACKAGE})
public @interface CheckReturnValue {}
