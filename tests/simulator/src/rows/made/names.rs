//! Invented words for made rows.

pub(super) const FIRST: [&str; 64] = [
    "Ada", "Alba", "Amir", "Anouk", "Aris", "Asta", "Bela", "Bruno", "Cato", "Celia", "Cyril",
    "Dara", "Dilan", "Edda", "Eino", "Elif", "Emre", "Enya", "Esra", "Fabio", "Farah", "Finn",
    "Flora", "Gaia", "Goran", "Greta", "Hana", "Hugo", "Ida", "Ilja", "Imani", "Ines", "Isak",
    "Jana", "Joris", "Juna", "Kai", "Karin", "Kofi", "Lale", "Lars", "Leila", "Linus", "Luca",
    "Maja", "Marek", "Mila", "Nadia", "Nils", "Noor", "Olga", "Omar", "Paula", "Pavel", "Rania",
    "Remo", "Rosa", "Samir", "Selma", "Talia", "Tomas", "Ulla", "Viggo", "Yara",
];

pub(super) const LAST: [&str; 64] = [
    "Abend", "Acker", "Alder", "Amsel", "Arbor", "Birk", "Blume", "Borke", "Bracken", "Brook",
    "Cedar", "Clover", "Corvin", "Dale", "Distel", "Drossel", "Eiche", "Elster", "Erle", "Falk",
    "Farn", "Fenn", "Ferro", "Fink", "Flint", "Forst", "Ginster", "Granit", "Grove", "Hafer",
    "Hasel", "Heath", "Heron", "Ilex", "Jasper", "Kiesel", "Klee", "Lark", "Linde", "Luchs",
    "Marsh", "Milan", "Moor", "Morel", "Nessel", "Otter", "Pardel", "Quarz", "Quill", "Rabe",
    "Reed", "Rowan", "Salix", "Sorrel", "Stern", "Tanne", "Teal", "Ulme", "Vale", "Weide",
    "Willow", "Wren", "Yarrow", "Zeder",
];

pub(super) const COMPANIES: [&str; 12] = [
    "Acorn Optics",
    "Blue Heron Paper",
    "Cobalt Bakery",
    "Driftwood Audio",
    "Eastgate Tools",
    "Fern & Daughters",
    "Glasshouse Seeds",
    "Harbour Cranes",
    "Inkwell Press",
    "Jasmine Freight",
    "Kestrel Maps",
    "Lantern Theatre",
];

/// Category, family, name, and what the host is called.
pub(super) const THINGS: [(&str, &str, &str, &str); 8] = [
    ("Printer", "Printer", "Office Printer", "printer"),
    ("Network Camera", "Camera", "Door Camera", "camera"),
    ("VoIP Phone", "Phone", "Desk Phone", "phone"),
    ("Projectors", "Projector", "Room Projector", "projector"),
    ("Sensors", "Sensor", "Climate Sensor", "sensor"),
    ("Point of Sale devices", "Till", "Canteen Till", "till"),
    ("Clock", "Clock", "Wall Clock", "clock"),
    ("Barcode Scanner", "Scanner", "Stock Scanner", "scanner"),
];

/// The same of what people carry.
pub(super) const CARRIED: [(&str, &str, &str, &str); 5] = [
    ("SmartDevice", "Android", "Android", "android"),
    ("SmartDevice", "Apple", "Apple iPhone", "iphone"),
    ("Computer", "Windows", "Windows", "laptop"),
    ("Computer", "Apple Mac", "Mac OS X", "laptop"),
    ("Computer", "Linux", "Ubuntu", "laptop"),
];

pub(super) const PLACES: [&str; 6] = [
    "Ground floor",
    "1st floor",
    "2nd floor",
    "3rd floor",
    "Canteen",
    "Warehouse",
];
