import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.interactive.form.PDAcroForm;
import org.apache.pdfbox.pdmodel.interactive.form.PDField;
import org.apache.pdfbox.pdmodel.interactive.form.PDTextField;

/** Fills a form with PDFBox. Orders come as tests/engines/engine.py says: FillForm IN.pdf OUT.pdf */
public final class FillForm {

    /** Any number: PDFBox hashes the time into the file's /ID unless it is given one. */
    private static final long DOCUMENT_ID = 20261116L;

    public static void main(String[] args) throws IOException {
        String[] orders =
                new String(System.in.readAllBytes(), StandardCharsets.UTF_8).split("\0", -1);
        try (PDDocument document = PDDocument.load(new File(args[0]))) {
            PDAcroForm form = document.getDocumentCatalog().getAcroForm();
            boolean drawn = true;
            for (int i = 0; i + 1 < orders.length; i += 2) {
                drawn &= fill(form, orders[i], orders[i + 1]);
            }
            // Only at the end: once this is set, PDFBox draws no field any more.
            if (!drawn) {
                form.setNeedAppearances(true);
            }
            document.setDocumentId(DOCUMENT_ID);
            document.save(args[1]);
        }
    }

    /** Returns whether PDFBox could draw what it stored. */
    private static boolean fill(PDAcroForm form, String name, String text) throws IOException {
        PDField field = form == null ? null : form.getField(name);
        if (!(field instanceof PDTextField)) {
            System.err.println("the form has no text field " + name);
            System.exit(2);
        }
        try {
            field.setValue(text);
            return true;
        } catch (IllegalArgumentException e) {
            // The field's font lacks a character. The value is stored by then, the drawing is not
            // made; servers that meet this leave the drawing to the viewer.
            return false;
        }
    }
}
