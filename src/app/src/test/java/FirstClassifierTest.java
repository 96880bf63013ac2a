import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The example of README does what README says. */
class FirstClassifierTest {
    @Test
    void printsATestAccuracyFarAboveChance() {
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            FirstClassifier.main(new String[0]);
        } finally {
            System.setOut(before);
        }
        String text = printed.toString(StandardCharsets.UTF_8);
        Matcher accuracy = Pattern.compile("Test accuracy: ([0-9.]+)").matcher(text);
        assertTrue(accuracy.find(), text);
        // Ten classes: guessing gives 0.1. The learning rate decays fast in this program, so it stays below what the
        // data allow.
        assertTrue(Double.parseDouble(accuracy.group(1)) > 0.6, text);
        assertTrue(text.contains("Test loss: "), text);
        assertTrue(text.contains("72,906 parameters"), "32·(3·3·3+1) + 10·(7200+1) parameters: " + text);
    }
}
