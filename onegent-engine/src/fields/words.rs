//! What fields are called: names, labels and example values in English, Spanish, French, German, Italian, Portuguese,
//! Dutch, Japanese and Chinese, and the commonest ones of Russian, Polish, Turkish, Czech, Swedish and Hungarian.
//!
//! All phrases are folded (lower case, no accents, no punctuation). Of phrases that overlap in a text, the longest
//! counts: `email address` is no address. What cards are called stands with the gate's own words ([`secret_phrases`]);
//! here only what tells their parts apart. The lists are kept out of rustfmt, which would give every phrase a line.

use super::meaning::Meaning::{self, *};
use crate::gate::{SecretKind, secret_phrases};

/// The words of guests, addresses and accounts.
#[rustfmt::skip]
const GUEST: &[(Meaning, &[&str])] = &[
    (FirstName, &[
        "first name", "firstname", "fname", "first", "given name", "givenname", "forename", "name first", "first names", "f name",
        "vorname", "prenom", "nombre", "nombres", "primer nombre", "nome de batismo", "primeiro nome", "voornaam", "imie", "имя", "ad", "adi", "adiniz", "isim", "keresztnev",
        "utonev", "jmeno", "krestni jmeno", "fornamn", "fornavn", "etunimi", "prenume", "名", "お名前 名", "firstname kanji", "이름", "tfname", "vardas",
        "nome proprio", "your first name", "nome di battesimo", "mei", "sei mei mei", "下の名前", "名字",
    ]),
    (MiddleName, &[
        "middle name", "middlename", "middle initial", "mi", "middle", "mname", "second name", "additional name", "m name", "deuxieme prenom",
        "segundo nombre", "zweiter vorname", "отчество", "secondo nome", "tussenvoegsel", "patronymic",
    ]),
    (LastName, &[
        "last name", "lastname", "lname", "last", "surname", "family name", "familyname", "name last", "l name", "second surname", "sname", "tlname",
        "nachname", "familienname", "zuname", "nom de famille", "nom", "apellido", "apellidos", "primer apellido", "cognome", "sobrenome", "apelido",
        "ultimo nome", "achternaam", "familienaam", "nazwisko", "фамилия", "soyad", "soyadi", "soyadiniz", "soyisim", "vezeteknev", "csaladnev", "prijmeni",
        "efternamn", "etternavn", "sukunimi", "nume de familie", "姓", "苗字", "名字 姓", "姓氏", "姓 漢字", "성", "pavarde",
    ]),
    (FullName, &[
        "full name", "fullname", "your name", "yourname", "name", "contact name", "contactname", "guest name", "guestname", "customer name", "complete name", "real name",
        "first and last name", "first name and last name", "first last name", "name and surname", "name surname", "recipient name", "legal name", "lead guest", "lead passenger",
        "lead traveller", "lead traveler", "passenger name", "traveller name", "attendee name", "booker", "booking name", "reservation name", "name of guest", "main guest", "addressee",
        "vollstandiger name", "vor und nachname", "vorname und nachname", "vorname nachname", "ihr name", "name des gastes", "nom complet", "nom et prenom", "prenom et nom", "nom prenom", "votre nom", "nom du client",
        "nombre completo", "nombre y apellidos", "nombre y apellido", "su nombre", "tu nombre", "nome completo", "nome e cognome", "cognome e nome", "nominativo", "nome", "seu nome", "nome e sobrenome", "naam", "volledige naam", "uw naam",
        "voor en achternaam", "imie i nazwisko", "фио", "имя и фамилия", "ваше имя", "фамилия имя отчество", "ad soyad", "adi soyadi", "jmeno a prijmeni", "namn", "fullstandigt namn", "navn", "nev", "teljes nev",
        "氏名", "お名前", "名前", "ご予約者名", "予約者名", "代表者名", "代表者氏名", "宿泊者名", "宿泊者氏名", "姓名", "联系人", "聯絡人", "联系人姓名", "入住人", "入住人姓名", "预订人", "您的姓名", "旅客姓名", "이름 성명", "성함",
    ]),
    (Honorific, &[
        "title", "salutation", "prefix", "honorific", "gender", "sex", "mr mrs", "name prefix", "anrede", "geschlecht", "civilite", "titre", "sexe", "tratamiento", "titulo", "genero", "sexo",
        "titolo", "sesso", "tratamento", "aanhef", "geslacht", "tytul", "plec", "пол", "敬称", "性別", "称谓", "性别", "稱謂", "cinsiyet",
    ]),
    (Email, &[
        "email", "e mail", "mail", "email address", "emailaddress", "e mail address", "mail address", "mailaddress", "your email", "email id", "emailid", "contact email", "confirm email", "repeat email", "re enter email",
        "retype email", "verify email", "email again", "mailadresse", "e mail adresse", "email adresse", "emailadresse", "adresse e mail", "adresse email", "adresse mail", "courriel", "adresse de courriel", "adresse electronique", "mel",
        "correo", "correo electronico", "direccion de correo", "direccion de correo electronico", "direccion de email", "indirizzo e mail", "indirizzo email", "indirizzo di posta elettronica", "posta elettronica", "endereco de e mail", "endereco de email",
        "correio eletronico", "correio eletronico", "e mailadres", "emailadres", "mailadres", "adres e mail", "adres email", "эл почта", "электронная почта", "адрес электронной почты", "почта", "емейл", "имейл", "имэйл", "eposta", "e posta", "e posta adresi", "eposta adresi", "e mail cim", "email cim",
        "e postadress", "epost", "e post", "e mailova adresa", "メールアドレス", "メール", "eメール", "eメールアドレス", "電子メール", "电子邮件", "电子邮箱", "邮箱", "邮箱地址", "電子郵件", "電郵", "信箱", "이메일", "example com", "name example com", "you example com", "el pastas",
    ]),
    (Phone, &[
        "phone", "telephone", "tel", "mobile", "cell", "cellphone", "cell phone", "phone number", "phonenumber", "phone no", "mobile number", "mobilenumber", "mobile phone", "mobilephone", "telephone number", "telephonenumber", "contact number", "contactnumber", "daytime phone", "evening phone", "home phone", "work phone",
        "mobile no", "telefon", "telefonnummer", "handy", "handynummer", "mobilnummer", "rufnummer", "mobiltelefon", "festnetz", "festnetznummer", "telefono", "telefono movil", "movil", "celular", "numero de telefono", "numero de celular", "numero movil", "portable", "telephone portable", "numero de telephone", "tel portable", "gsm",
        "cellulare", "numero di telefono", "numero di cellulare", "recapito telefonico", "telefone", "telemovel", "numero de telefone", "numero de telemovel", "celular com ddd", "telefoon", "telefoonnummer", "mobiel", "mobiele nummer", "mobiel nummer", "numer telefonu", "nr telefonu", "komorka", "телефон", "номер телефона", "мобильный", "мобильный телефон", "мобильный номер",
        "telefon numarasi", "cep telefonu", "telefonszam", "telefonni cislo", "mobil", "mobilni telefon", "telefonnr", "puhelin", "電話", "電話番号", "携帯", "携帯電話", "携帯電話番号", "携帯番号", "ご連絡先", "连络电话", "联系电话", "電話號碼", "电话", "电话号码", "手机", "手机号", "手机号码", "手機", "手機號碼", "手機號", "联系方式", "전화번호", "휴대폰", "whatsapp", "sms number", "telefonas",
    ]),
    (PhoneCountry, &[
        "phone country code", "phonecountrycode", "phone country", "phonecountry", "country calling code", "calling code", "dial code", "dialcode", "dialing code", "dialling code", "phone prefix", "phoneprefix", "telephone country code", "tel country code", "mobile country code", "phone code", "phonecode", "country prefix",
        "telephone prefix", "international code", "landesvorwahl", "landervorwahl", "indicatif", "indicatif pays", "indicatif telephonique", "prefijo", "prefijo internacional", "prefijo del pais", "prefisso", "prefisso internazionale", "codigo do pais", "ddi", "indicativo", "landcode", "landnummer", "код страны", "国番号", "国家代码", "区号", "国际区号", "國碼", "isd code", "isd",
    ]),
    (PhoneArea, &["area code", "areacode", "phone area", "phone area code", "vorwahl", "city code", "ddd", "netnummer", "市外局番", "电话区号"]),
    (PhoneExtension, &["phone extension", "extension number", "ext", "phone ext", "phoneext", "durchwahl", "内線", "分机"]),
    (Street, &[
        "address", "street", "street address", "streetaddress", "address 1", "address1", "address line 1", "addressline1", "addressline", "address line", "line1", "line 1", "addr", "addr1", "addr 1", "street1", "street 1", "street name", "streetname", "home address", "mailing address", "billing address", "billingaddress", "delivery address", "shipping address", "postal address", "residential address", "house number and street",
        "strasse", "str", "strasse und hausnummer", "strasse hausnummer", "strasse nr", "adresse", "anschrift", "adresszeile 1", "rue", "adresse postale", "ligne 1", "adresse ligne 1", "numero et rue", "numero et nom de rue", "calle", "direccion", "domicilio", "direccion linea 1", "linea 1", "via", "indirizzo", "riga 1", "indirizzo riga 1", "via e numero civico", "rua", "endereco", "morada", "logradouro", "straat", "straatnaam", "straat en huisnummer", "adres", "ulica",
        "улица", "адрес", "cadde", "sokak", "adresi", "utca", "lakcim", "gatuadress", "gata", "gateadresse", "osoite", "住所", "ご住所", "番地", "住所1", "市区町村 番地", "町名 番地", "地址", "详细地址", "街道", "街道地址", "주소", "adresas", "gatve",
    ]),
    (Street2, &[
        "address 2", "address2", "address line 2", "addressline2", "line2", "line 2", "addr2", "addr 2", "street2", "street 2", "apt", "apartment", "suite", "unit", "apt suite", "apt unit", "apt number", "apartment number", "apartmentnumber", "apartment suite", "suite number", "flat", "floor", "building", "apt suite other", "apt suite unit etc", "apt suite etc", "apt floor unit etc", "unit number", "apartment suite etc", "suite apt", "street address 2", "streetaddress2", "address additional", "additional address", "address extra", "secondary address", "extended address", "company apt", "optional address line",
        "adresszusatz", "zusatz", "adresszeile 2", "complement", "complement dadresse", "complement d adresse", "appartement", "batiment", "etage", "adresse ligne 2", "ligne 2", "piso", "departamento", "puerta", "direccion linea 2", "linea 2", "interno", "scala", "piano", "indirizzo riga 2", "complemento", "andar", "apartamento", "toevoeging", "квартира", "кв", "daire", "建物", "建物名", "マンション名", "アパート", "部屋番号", "住所2", "建物名 部屋番号", "公寓", "门牌号", "楼层",
    ]),
    (Street3, &[
        "address 3", "address3", "address line 3", "addressline3", "line3", "addr3", "street3", "house number", "housenumber", "house no", "hausnummer", "numero civico", "huisnummer", "nr domu", "номер дома", "street number", "streetnumber", "numero de casa", "civico", "numero da casa", "address line 4", "住所3",
    ]),
    (City, &[
        "city", "town", "city town", "town city", "locality", "suburb", "municipality", "village", "city name", "cityname", "postal town", "ort", "stadt", "wohnort", "ort stadt", "ville", "localite", "commune", "ciudad", "localidad", "poblacion", "municipio", "citta", "comune", "localita", "cidade", "municipio cidade", "concelho",
        "stad", "plaats", "woonplaats", "plaatsnaam", "miasto", "miejscowosc", "город", "населенный пункт", "sehir", "ilce", "varos", "telepules", "mesto", "obec", "by", "postort", "poststed", "kaupunki", "市区町村", "市町村", "都市", "市", "城市", "县市", "鄉鎮市區", "도시", "miestas", "level2", "address level2",
    ]),
    (Province, &[
        "state", "province", "region", "county", "state province", "stateprovince", "province state", "state region", "state county", "territory", "prefecture", "state code", "statecode", "address level1", "level1", "bundesland", "land kanton", "kanton", "departement", "etat", "provincia", "estado", "comunidad autonoma", "regione", "prov", "uf", "distrito", "provincie", "wojewodztwo",
        "область", "регион", "край", "il", "megye", "kraj", "lan", "fylke", "都道府県", "省", "省份", "州", "省 市", "州 省", "直辖市", "지역", "zone", "estado provincia", "apskritis",
    ]),
    (PostalCode, &[
        "zip", "zip code", "zipcode", "postal code", "postalcode", "postal", "postcode", "post code", "zip postal code", "zip postal", "postal zip", "zip postcode", "pincode", "pin code", "eircode", "postal zip code", "plz", "postleitzahl", "code postal", "codepostal", "cp", "codigo postal", "codigopostal", "c p", "codice postale", "cap", "codigo postal cep", "cep",
        "postcode plaats", "kod pocztowy", "индекс", "почтовый индекс", "posta kodu", "iranyitoszam", "psc", "postnummer", "postnr", "postinumero", "郵便番号", "邮编", "邮政编码", "郵遞區號", "우편번호", "pasto kodas", "zip 4",
    ]),
    (Country, &[
        "country", "country region", "country code", "countrycode", "country name", "countryname", "nation", "country of residence", "residence country", "land", "wohnsitzland", "staat", "land region", "pays", "pays de residence", "pais", "pais de residencia", "paese", "stato", "nazione", "paese di residenza", "land of regio", "kraj zamieszkania", "страна", "ulke", "orszag", "zeme", "stat land",
        "maa", "国", "国名", "国 地域", "居住国", "国家", "国家地区", "国家 地区", "國家", "국가", "salis", "your country", "select country",
    ]),
    (Company, &[
        "company", "company name", "companyname", "organization", "organisation", "organization name", "organizationname", "business name", "businessname", "employer", "firm", "institution", "firma", "firmenname", "unternehmen", "societe", "entreprise", "raison sociale", "nom de lentreprise", "nom de l entreprise", "empresa", "razon social", "azienda", "societa", "ragione sociale", "empresa nome", "nome da empresa",
        "bedrijf", "bedrijfsnaam", "nazwa firmy", "компания", "организация", "sirket", "cegnev", "foretag", "会社名", "会社", "法人名", "公司", "公司名称", "单位", "單位", "회사", "imone", "company title",
    ]),
    (TaxNumber, &[
        "vat", "vat number", "vatnumber", "vat id", "tax id", "taxid", "tax number", "ust id", "ust idnr", "umsatzsteuer id", "numero de tva", "tva", "nif", "cif", "partita iva", "codice fiscale", "cpf", "cnpj", "contribuinte", "btw nummer", "nip", "инн", "abn", "gst number", "ssn", "social security number", "sin",
    ]),
    (BirthDate, &[
        "birth date", "birthdate", "date of birth", "dateofbirth", "dob", "birthday", "born", "born on", "birth", "geburtsdatum", "geburtstag", "date de naissance", "naissance", "ne le", "fecha de nacimiento", "nacimiento", "data di nascita", "nascita", "data de nascimento", "nascimento", "geboortedatum", "geboorte", "data urodzenia", "дата рождения", "dogum tarihi", "szuletesi datum",
        "datum narozeni", "fodelsedatum", "fodselsdato", "syntymaaika", "生年月日", "誕生日", "出生日期", "生日", "생년월일", "bdate", "gimimo data",
    ]),
    (BirthDay, &["birth day", "birthdateday", "birthday day", "day of birth", "bday day", "dob day", "dobday", "dobd", "dob dd", "birth date day", "geburtstag tag", "geburtsdatum tag", "date of birth day", "jour de naissance", "dia de nacimiento", "giorno di nascita", "dia de nascimento", "生年月日 日", "birthday d"]),
    (BirthMonth, &["birth month", "birthmonth", "birthday month", "month of birth", "bday month", "dob month", "dobmonth", "dobm", "dob mm", "birth date month", "geburtsmonat", "date of birth month", "mois de naissance", "mes de nacimiento", "mese di nascita", "mes de nascimento", "生年月日 月", "birthday m"]),
    (BirthYear, &["birth year", "birthyear", "birthday year", "year of birth", "bday year", "dob year", "dobyear", "doby", "dob yyyy", "birth date year", "geburtsjahr", "date of birth year", "annee de naissance", "ano de nacimiento", "anno di nascita", "ano de nascimento", "geboortejaar", "год рождения", "生年", "出生年", "birthday y"]),
    (Nationality, &["nationality", "citizenship", "staatsangehorigkeit", "nationalitat", "nationalite", "nacionalidad", "nazionalita", "cittadinanza", "nacionalidade", "nationaliteit", "narodowosc", "obywatelstwo", "гражданство", "uyruk", "国籍", "國籍", "국적"]),
    (Document, &[
        "passport", "passport number", "passportnumber", "passport no", "document number", "documentnumber", "id number", "idnumber", "identity card", "id card", "identity number", "travel document", "passnummer", "reisepass", "reisepassnummer", "ausweisnummer", "personalausweis", "numero de passeport", "passeport", "piece didentite", "numero de pasaporte", "pasaporte", "dni", "documento de identidad", "numero de documento",
        "numero di passaporto", "passaporto", "numero documento", "carta didentita", "numero do passaporte", "passaporte", "documento", "paspoort", "paspoortnummer", "numer paszportu", "паспорт", "номер паспорта", "pasaport", "kimlik no", "t c kimlik no", "パスポート番号", "旅券番号", "パスポート", "护照", "护照号", "护照号码", "證件號碼", "证件号", "证件号码", "身份证", "身份证号", "id type", "document type", "driver license", "drivers license", "license number",
    ]),
    (DocumentExpiry, &["passport expiry", "passport expiry date", "passport expiration", "passport expiration date", "passport valid until", "document expiry", "document expiration", "expiry date of passport", "gultigkeit des reisepasses", "reisepass gultig bis", "date dexpiration du passeport", "caducidad del pasaporte", "scadenza passaporto", "scadenza documento", "validade do passaporte", "vervaldatum paspoort", "パスポート有効期限", "护照有效期", "passport issue date", "date of issue"]),
];

/// The words of accounts and of what is no detail of the guest.
#[rustfmt::skip]
const ACCOUNT: &[(Meaning, &[&str])] = &[
    (Username, &[
        "username", "user name", "user id", "userid", "user", "login", "login id", "loginid", "login name", "loginname", "signin", "sign in name", "account name", "accountname", "account id", "accountid", "nickname", "nick", "nick name", "handle", "screen name", "screenname", "member id", "memberid", "member login", "customer id", "customerid", "uid", "account", "online id", "onlineid", "access id", "accessid", "identifier", "logon", "alias", "profile name", "player name", "nick or mail",
        "username or email", "email or username", "email address or username", "username or email address", "email or phone", "email or mobile", "phone number or email", "phone or email", "email or phone number", "email address or phone number", "email phone or username", "mobile number or email", "phone number username or email", "email username", "username email", "email or member id", "email or user id", "user id or email", "phone email or username", "email or profile name", "email handle", "login or email", "email or login",
        "benutzername", "benutzer", "benutzerkennung", "kennung", "anmeldename", "nutzername", "benutzername oder e mail", "e mail oder benutzername", "nutzerkennung", "zugangsnummer", "teilnehmernummer", "identifiant", "utilisateur", "nom dutilisateur", "nom d utilisateur", "code utilisateur", "pseudo", "usuario", "nombre de usuario", "utente", "nome utente", "codice utente", "nome de usuario", "nome de utilizador", "utilizador", "gebruikersnaam", "inlognaam", "uzytkownik", "nazwa uzytkownika", "identyfikator", "логин", "имя пользователя", "логин или email", "логин или e mail", "логин или почта", "пользователь", "никнейм", "телефон или email", "email или телефон", "номер телефона или email", "телефон email или логин", "email или логин",
        "kullanici adi", "kullanici", "felhasznalonev", "felhasznalo", "uzivatelske jmeno", "uzivatel", "anvandarnamn", "brukernavn", "brugernavn", "prisijungimo vardas", "vartotojo vardas", "vartotojas", "ユーザー名", "ユーザid", "ユーザーid", "ユーザ名", "ログインid", "ログイン名", "アカウント", "アカウント名", "会員id", "会員番号", "お客様番号", "ニックネーム", "契約者番号", "サーバーid", "用户名", "用户", "账号", "帐号", "帳號", "用戶名", "用户名 邮箱", "昵称", "使用者名稱", "使用者帳號", "會員帳號", "登录名", "手机号 邮箱", "邮箱 手机号", "아이디",
    ]),
    (BookingCode, &[
        "confirmation code", "confirmation number", "booking code", "booking reference", "booking number", "reservation code", "reservation number", "record locator", "pnr", "buchungsnummer", "buchungscode", "bestatigungscode", "numero de reservation", "reference de reservation", "code de confirmation", "numero de reserva", "localizador", "codigo de confirmacion", "numero di prenotazione", "codice di prenotazione", "codice di conferma", "codigo de confirmacao", "boekingsnummer", "reserveringsnummer", "numer rezerwacji", "номер бронирования", "予約番号", "确认号", "订单号", "预订号",
    ]),
    (Captcha, &["captcha", "verification code", "security check", "type the characters", "characters you see", "enter the characters", "verification image", "antispam", "anti spam", "are you human", "sicherheitsabfrage", "captcha code", "код с картинки", "symbols", "画像認証", "图形验证码", "recaptcha", "captcha response", "image text", "bot check"]),
    (Coupon, &[
        "coupon", "coupon code", "couponcode", "promo", "promo code", "promocode", "promotion code", "promotional code", "promotion", "voucher", "voucher code", "discount", "discount code", "gift card", "giftcard", "gift card number", "gift card code", "gift card pin", "gift certificate", "gift code", "giftcardnumber", "gift cards", "offer code", "group code", "corporate code", "rate code", "referral", "referral code", "redeem code", "rabattcode", "gutschein", "gutscheincode", "aktionscode", "gutscheinnummer",
        "code promo", "code promotionnel", "code de reduction", "bon cadeau", "carte cadeau", "codigo promocional", "cupon", "codigo de descuento", "tarjeta regalo", "codice promozionale", "codice sconto", "buono", "buono regalo", "cupom", "codigo de desconto", "vale", "kortingscode", "actiecode", "cadeaubon", "kod rabatowy", "промокод", "купон", "kupon", "クーポン", "クーポンコード", "プロモーションコード", "ギフトカード", "优惠码", "优惠券", "促销码", "優惠碼", "折扣码", "礼品卡", "invitation code", "invite code", "access code", "event code", "merchandise card",
    ]),
    (Loyalty, &["loyalty", "loyalty number", "frequent flyer", "frequent flyer number", "membership number", "membershipnumber", "membership", "member number", "membernumber", "reward number", "rewards number", "rewards", "loyalty card", "mileage number", "bonus card", "vielfliegernummer", "kundennummer", "kundenkarte", "numero de fidelite", "carte de fidelite", "viajero frecuente", "numero de socio", "programma fedelta", "numero de fidelidade", "ポイントカード", "マイレージ", "会员号", "常旅客", "會員編號", "known traveler number", "redress number"]),
    (Search, &["search", "keyword", "keywords", "search term", "searchterm", "search terms", "query", "find", "suche", "suchen", "suchbegriff", "rechercher", "recherche", "buscar", "busqueda", "cerca", "ricerca", "pesquisar", "pesquisa", "busca", "zoeken", "zoekterm", "szukaj", "поиск", "ara", "sok", "検索", "キーワード", "搜索", "查询", "关键词", "搜尋", "what are you looking for", "site search", "sitesearch", "searchbox", "twotabsearchtextbox", "q"]),
    (Remarks, &[
        "special requests", "special request", "specialrequests", "requests", "remarks", "remark", "comments", "comment", "notes", "note", "message", "your message", "additional information", "additional requests", "allergies", "dietary requirements", "occasion", "wishes", "anything else", "bemerkungen", "bemerkung", "anmerkungen", "anmerkung", "nachricht", "wunsche", "sonderwunsche", "besondere wunsche", "mitteilung", "hinweise", "demandes particulieres", "demandes speciales", "remarques", "commentaire", "commentaires", "votre message",
        "peticiones especiales", "solicitudes especiales", "comentarios", "observaciones", "mensaje", "notas", "richieste particolari", "richieste speciali", "note aggiuntive", "commenti", "messaggio", "richieste", "pedidos especiais", "observacoes", "mensagem", "comentario", "bijzondere wensen", "opmerkingen", "opmerking", "bericht", "uwagi", "wiadomosc", "комментарий", "сообщение", "примечание", "пожелания", "mesaj", "megjegyzes", "poznamka", "meddelande", "備考", "ご要望", "ご要望など", "メッセージ", "備考欄", "备注", "留言", "特殊要求", "其他要求", "備註", "説明", "subject", "betreff", "objet", "asunto", "oggetto", "assunto", "件名", "主题",
    ]),
];

/// The words of bookings.
#[rustfmt::skip]
const BOOKING: &[(Meaning, &[&str])] = &[
    (CheckIn, &["check in", "checkin", "check in date", "checkindate", "arrival", "arrival date", "arrivaldate", "arrive", "arriving", "date of arrival", "from date", "start date", "startdate", "move in", "anreise", "anreisedatum", "anreisetag", "ankunft", "ankunftsdatum", "anreise am", "arrivee", "date darrivee", "date d arrivee", "date de debut", "llegada", "fecha de llegada", "fecha de entrada", "entrada", "arrivo", "data di arrivo", "data arrivo", "chegada", "data de chegada", "data de entrada", "aankomst", "aankomstdatum", "przyjazd", "data przyjazdu", "zameldowanie", "заезд", "дата заезда", "прибытие", "giris tarihi", "giris", "erkezes", "prijezd", "ankomst", "ankomstdatum", "チェックイン", "チェックイン日", "宿泊日", "到着日", "ご宿泊日", "入住", "入住日期", "到店日期", "抵达日期", "체크인"]),
    (CheckOut, &["check out", "checkout", "check out date", "checkoutdate", "departure", "leave", "leaving", "date of departure", "to date", "end date", "enddate", "move out", "abreise", "abreisedatum", "abreisetag", "abreise am", "depart", "date de depart", "date de fin", "fecha de salida", "salida", "partenza", "data di partenza", "data partenza", "partida", "data de saida", "saida", "data de partida", "vertrek", "vertrekdatum", "wyjazd", "data wyjazdu", "wymeldowanie", "выезд", "дата выезда", "отъезд", "cikis tarihi", "cikis", "tavozas", "odjezd", "avresa", "avresedatum", "チェックアウト", "チェックアウト日", "出発日", "退房", "退房日期", "离店", "离店日期", "체크아웃"]),
    (DateRange, &["dates", "travel dates", "stay dates", "date range", "daterange", "check in check out", "when", "arrival departure", "check in to check out", "reisezeitraum", "zeitraum", "an und abreise", "anreise abreise", "dates de sejour", "dates du sejour", "fechas", "fechas de estancia", "periodo", "date di soggiorno", "datas", "periode", "verblijfsperiode", "termin pobytu", "даты", "даты поездки", "宿泊期間", "滞在期間", "日程", "入住退房日期", "入离日期"]),
    (DepartDate, &["depart date", "departdate", "departure date", "departuredate", "departing", "departing on", "depart on", "outbound", "outbound date", "outbound flight", "date of outbound", "leaving on", "going out", "hinflug", "hinflugdatum", "hinreise", "abflug", "abflugdatum", "date aller", "aller", "date de lallier", "vol aller", "fecha de ida", "ida", "data di andata", "andata", "data de ida", "data da ida", "heenreis", "heenvlucht", "wylot", "data wylotu", "туда", "дата вылета", "вылет", "gidis", "gidis tarihi", "往路", "往路出発日", "行き", "ご出発日", "去程", "出发日期", "去程日期", "出發日期", "가는 날"]),
    (ReturnDate, &["return date", "returndate", "return", "returning", "returning on", "return on", "inbound", "inbound date", "inbound flight", "return flight", "coming back", "return date leave empty for one way", "ruckflug", "ruckflugdatum", "ruckreise", "ruckkehr", "date retour", "retour", "vol retour", "date de retour", "fecha de vuelta", "vuelta", "fecha de regreso", "regreso", "data di ritorno", "ritorno", "data de volta", "volta", "data de regresso", "regresso", "terugreis", "terugvlucht", "retourdatum", "powrot", "data powrotu", "обратно", "дата возвращения", "donus", "donus tarihi", "復路", "復路出発日", "帰り", "お帰り日", "回程", "返程日期", "回程日期", "返程", "오는 날"]),
    (Date, &["date", "day", "booking date", "reservation date", "visit date", "event date", "tour date", "appointment date", "preferred date", "date of visit", "date and time", "choose a date", "select a date", "select date", "pick a date", "select day", "choose a day", "datum", "tag", "wunschdatum", "reservierungsdatum", "date de reservation", "date de visite", "jour", "jour souhaite", "fecha", "fecha de la reserva", "fecha de reserva", "dia", "data", "data prenotazione", "data della prenotazione", "giorno", "data da reserva", "data desejada", "reserveringsdatum", "dag", "dzien", "data rezerwacji", "data wizyty", "дата", "день", "tarih", "gun", "datum rezervace", "日付", "来店日", "ご来店日", "予約日", "ご予約日", "ご利用日", "利用日", "希望日", "日期", "预订日期", "用餐日期", "预约日期", "游玩日期", "訂位日期", "날짜", "yyyy mm dd", "dd mm yyyy", "mm dd yyyy", "tt mm jjjj", "jj mm aaaa", "dd mm aaaa", "gg mm aaaa"]),
    (Time, &["time", "booking time", "reservation time", "start time", "starttime", "start", "time slot", "timeslot", "slot", "hour", "preferred time", "choose a time", "select a time", "select time", "pick a time", "appointment time", "session", "uhrzeit", "zeit", "zeitfenster", "beginn", "wunschzeit", "heure", "horaire", "creneau", "creneau horaire", "heure souhaitee", "hora", "horario", "franja horaria", "turno", "ora", "orario", "fascia oraria", "hora da reserva", "horario desejado", "tijd", "tijdstip", "tijdslot", "aanvangstijd", "godzina", "godzina rezerwacji", "время", "час", "saat", "idopont", "cas", "tid", "klockslag", "時間", "時刻", "来店時間", "ご来店時間", "開始時間", "予約時間", "ご利用時間", "时间", "用餐时间", "预约时间", "时段", "時段", "時間帯", "시간", "hh mm"]),
    (ArrivalTime, &["arrival time", "arrivaltime", "estimated arrival time", "time of arrival", "expected arrival time", "eta", "check in time", "checkintime", "when will you arrive", "ankunftszeit", "voraussichtliche ankunftszeit", "anreisezeit", "heure darrivee", "heure d arrivee", "heure darrivee prevue", "hora de llegada", "hora prevista de llegada", "orario di arrivo", "ora di arrivo", "hora de chegada", "horario de chegada", "aankomsttijd", "godzina przyjazdu", "время заезда", "到着時間", "到着予定時間", "チェックイン時間", "チェックイン予定時刻", "到店时间", "预计到店时间", "抵达时间"]),
    (Guests, &["guests", "number of guests", "guest count", "no of guests", "party size", "partysize", "party", "people", "number of people", "persons", "number of persons", "pax", "covers", "diners", "seats", "passengers", "number of passengers", "travellers", "travelers", "number of travellers", "number of travelers", "participants", "number of participants", "attendees", "quantity", "qty", "group size", "how many", "tickets", "number of tickets", "ticket quantity", "visitors", "guests and rooms", "who", "headcount",
        "gaste", "anzahl gaste", "anzahl der gaste", "gasteanzahl", "personen", "anzahl personen", "anzahl der personen", "personenanzahl", "personenzahl", "reisende", "passagiere", "teilnehmer", "anzahl teilnehmer", "plaetze", "platze", "anzahl", "anzahl tickets", "voyageurs", "personnes", "nombre de personnes", "nombre de couverts", "couverts", "convives", "nombre de convives", "passagers", "nombre de voyageurs", "nombre de passagers", "participants nombre", "nombre de participants", "nombre de billets", "huespedes", "numero de huespedes", "personas", "numero de personas", "comensales", "numero de comensales", "cuantas personas", "pasajeros", "numero de pasajeros", "viajeros", "participantes", "numero de participantes", "cantidad", "plazas", "entradas",
        "ospiti", "numero di ospiti", "numero ospiti", "persone", "numero di persone", "numero persone", "coperti", "numero coperti", "passeggeri", "numero passeggeri", "viaggiatori", "partecipanti", "numero partecipanti", "numero di partecipanti", "quantita", "biglietti", "posti", "hospedes", "numero de hospedes", "pessoas", "numero de pessoas", "quantas pessoas", "passageiros", "numero de passageiros", "viajantes", "lugares", "quantidade", "bilhetes", "ingressos", "aantal gasten", "gasten", "aantal personen", "passagiers", "aantal passagiers", "reizigers", "aantal reizigers", "deelnemers", "aantal deelnemers", "aantal", "aantal tickets", "goscie", "liczba gosci", "liczba osob", "osoby", "pasazerowie", "uczestnicy", "гости", "гостей", "количество гостей", "количество человек", "количество персон", "персон", "пассажиры", "kisi sayisi", "kisi", "yolcu", "misafir", "vendegek", "szemelyek", "hoste", "pocet osob", "gaster", "antal gaster", "antal personer",
        "antal resenarer", "resenarer", "人数", "ご人数", "ご利用人数", "宿泊人数", "予約人数", "来店人数", "搭乗人数", "参加人数", "枚数", "人數", "用餐人数", "客人", "宾客", "乘客", "乘客人数", "旅客人数", "入住人数", "张数", "票数", "数量", "인원", "인원수"]),
    (Adults, &["adults", "adult", "number of adults", "no of adults", "adultcount", "erwachsene", "anzahl erwachsene", "anzahl erwachsener", "adultes", "adulte", "nombre dadultes", "nombre d adultes", "adultos", "adulto", "numero de adultos", "adulti", "numero di adulti", "numero adulti", "volwassenen", "volwassene", "aantal volwassenen", "dorosli", "liczba doroslych", "взрослые", "взрослых", "yetiskin", "felnottek", "felnott", "dospeli", "vuxna", "voksne", "大人", "おとな", "大人人数", "成人", "成人数", "성인"]),
    (Children, &["children", "child", "kids", "number of children", "no of children", "childcount", "kinder", "kind", "anzahl kinder", "enfants", "enfant", "nombre denfants", "nombre d enfants", "ninos", "nino", "menores", "numero de ninos", "bambini", "bambino", "ragazzi", "numero di bambini", "numero bambini", "criancas", "crianca", "numero de criancas", "kinderen", "aantal kinderen", "dzieci", "liczba dzieci", "дети", "детей", "cocuk", "gyerekek", "deti", "barn", "子供", "子ども", "こども", "お子様", "小人", "儿童", "小孩", "兒童", "孩童", "어린이"]),
    (Infants, &["infants", "infant", "babies", "baby", "lap infants", "kleinkinder", "babys", "bebes", "bebe", "nourrissons", "neonati", "zuigelingen", "babys aantal", "niemowleta", "младенцы", "bebek", "幼児", "乳幼児", "婴儿", "嬰兒"]),
    (ChildAge, &["child age", "childage", "age of child", "age", "ages", "children ages", "childrens ages", "age of children", "alter", "alter des kindes", "alter der kinder", "age de lenfant", "age des enfants", "edad", "edad del nino", "edades", "eta", "eta del bambino", "eta dei bambini", "idade", "idade da crianca", "leeftijd", "leeftijd kind", "wiek dziecka", "возраст", "возраст ребенка", "yas", "年齢", "お子様の年齢", "年龄", "儿童年龄", "年齡"]),
    (Rooms, &["rooms", "number of rooms", "no of rooms", "room count", "roomcount", "zimmer", "anzahl zimmer", "zimmeranzahl", "chambres", "nombre de chambres", "habitaciones", "numero de habitaciones", "camere", "numero di camere", "numero camere", "quartos", "numero de quartos", "kamers", "aantal kamers", "pokoje", "liczba pokoi", "номера", "количество номеров", "oda sayisi", "szobak", "pokoju", "rum", "部屋数", "室数", "客室数", "房间", "房间数", "房間數", "间数", "객실"]),
    (Nights, &["nights", "number of nights", "length of stay", "nachte", "anzahl nachte", "ubernachtungen", "nuits", "nombre de nuits", "noches", "numero de noches", "notti", "numero di notti", "numero notti", "noites", "numero de noites", "nachten", "aantal nachten", "noce", "liczba nocy", "ночей", "泊数", "宿泊数", "ご宿泊数", "晚数", "入住晚数", "duration", "dauer", "duree", "duracion", "durata", "duracao", "duur"]),
    (Origin, &["origin", "from", "flying from", "leaving from", "departing from", "departure airport", "departure city", "departureairport", "departure city or airport", "from where", "where from", "going from", "departure from", "pickup location", "pick up location", "from airport", "from city", "abflughafen", "von", "abflugort", "abfahrtsort", "startort", "ab", "abreiseort", "depart de", "aeroport de depart", "ville de depart", "lieu de depart", "de", "au depart de", "origen", "desde", "aeropuerto de salida", "aeropuerto de origen", "ciudad de origen", "da", "partenza da", "aeroporto di partenza", "citta di partenza", "origem", "aeroporto de origem", "aeroporto de partida", "cidade de origem", "saindo de", "partindo de", "van", "vertrekluchthaven", "vertrek van", "vanaf", "z", "skad", "lotnisko wylotu", "откуда", "город вылета", "nereden", "honnan", "odkud", "fran", "出発地", "出発空港", "出発", "から", "出发地", "出发城市", "出發地", "从", "始发地", "출발지"]),
    (Destination, &["destination", "where to", "to", "going to", "flying to", "where are you going", "where", "arrival airport", "arrivalairport", "arrival city", "destination city", "destination airport", "hotel or destination", "city or hotel", "destination or hotel", "destination hotel", "location", "place", "drop off location", "to airport", "to city", "where do you want to go", "wohin", "reiseziel", "ziel", "zielort", "nach", "zielflughafen", "ankunftsort", "ort oder hotel", "ou", "ou allez vous", "destination ou hotel", "vers", "aeroport darrivee", "ville darrivee", "lieu", "a", "destino", "adonde", "a donde", "adonde vas", "a donde vas", "hacia", "aeropuerto de llegada", "aeropuerto de destino", "ciudad de destino", "destinazione", "dove", "dove vuoi andare", "verso", "aeroporto di arrivo", "aeroporto di destinazione", "citta di destinazione", "meta", "destino ou hotel", "para onde", "para onde vai", "aeroporto de destino", "aeroporto de chegada", "cidade de destino", "para", "bestemming", "waarheen", "naar", "aankomstluchthaven", "waar", "do", "dokad", "cel podrozy", "lotnisko przylotu", "куда", "направление", "город прилета", "nereye", "varis", "hova", "kam", "till", "resmal", "vart", "目的地", "到着地", "到着空港", "行き先", "宿泊地", "エリア", "地域", "到达地", "到达城市", "到達地", "目的地城市", "到", "前往", "도착지", "목적지"]),
    (Venue, &["restaurant", "restaurant name", "hotel", "hotel name", "property", "property name", "venue", "venue name", "activity", "activity name", "tour", "experience", "attraction", "branch", "name of restaurant", "activity or attraction", "restaurantname", "hotelname", "nom du restaurant", "nom de lhotel", "activite", "nombre del restaurante", "restaurante", "nombre del hotel", "actividad", "ristorante", "nome del ristorante", "nome dellhotel", "attivita", "nome do restaurante", "nome do hotel", "atividade", "aktivitat", "restaurant oder kuche", "naam van het restaurant", "activiteit", "restauracja", "店名", "レストラン名", "店舗", "ホテル名", "施設名", "アクティビティ", "餐厅", "餐厅名称", "酒店", "酒店名称", "门店", "活动", "餐廳", "飯店"]),
    (Cabin, &["cabin", "cabin class", "cabinclass", "class", "travel class", "flight class", "class of service", "service class", "reiseklasse", "klasse", "kabine", "kabinenklasse", "flugklasse", "classe", "cabine", "classe de voyage", "classe de cabine", "clase", "clase de cabina", "cabina", "clase de viaje", "classe di viaggio", "classe di volo", "classe da cabine", "classe de viagem", "reisklasse", "cabineklasse", "klasa", "klasa podrozy", "класс", "класс обслуживания", "sinif", "kabin", "座席クラス", "クラス", "搭乗クラス", "舱位", "舱位等级", "艙等", "좌석 등급"]),
    (TripKind, &["trip type", "triptype", "journey type", "trip", "one way or return", "round trip or one way", "flight type", "reiseart", "flugart", "type de voyage", "type de trajet", "tipo de viaje", "tipo de vuelo", "tipo di viaggio", "tipo de viagem", "reistype", "soort reis", "旅程タイプ", "航程类型", "行程类型", "往復 片道"]),
    (Product, &["ticket", "ticket type", "tickettype", "fare", "fare type", "room", "room type", "roomtype", "rate", "table type", "seating", "seating area", "seating preference", "area preference", "seat", "seats preference", "service", "package", "tarif", "tarif auswahlen", "zimmertyp", "zimmerkategorie", "zimmerart", "sitzbereich", "ticketart", "leistung", "type de chambre", "chambre", "type de billet", "billet", "tipo de habitacion", "habitacion", "tipo de entrada", "servicio", "tipo di camera", "camera", "tipo di biglietto", "biglietto", "servizio", "tipo de quarto", "quarto", "tipo de bilhete", "servico", "kamertype", "kamer", "tickettype keuze", "tafel", "部屋タイプ", "プラン", "コース", "席タイプ", "お席", "房型", "房间类型", "票种", "票型", "座位", "套餐"]),
];

/// The parts of a card, where the gate's lists have one word for all, and what tells them from other things.
#[rustfmt::skip]
const CARD: &[(Meaning, &[&str])] = &[
    (CardMonth, &[
        "exp month", "expmonth", "expiry month", "expirymonth", "expiration month", "expirationmonth", "card expiry month", "card exp month", "cc exp month", "ccmonth", "cc month", "exp mm", "month of expiry", "ablaufmonat", "mois dexpiration", "mois d expiration", "mes de caducidad", "mes de vencimiento", "mese di scadenza", "mes de validade", "maand vervaldatum", "有効期限 月", "有効期限月", "有效期 月", "expiration date month", "expiry date month", "expiration mm", "expdate month",
    ]),
    (CardYear, &[
        "exp year", "expyear", "expiry year", "expiryyear", "expiration year", "expirationyear", "card expiry year", "card exp year", "cc exp year", "ccyear", "cc year", "exp yy", "exp yyyy", "year of expiry", "ablaufjahr", "annee dexpiration", "annee d expiration", "ano de caducidad", "ano de vencimiento", "anno di scadenza", "ano de validade", "jaar vervaldatum", "有効期限 年", "有効期限年", "有效期 年", "expiration date year", "expiry date year", "expiration yy", "expiration yyyy", "expdate year",
    ]),
    (CardExpiry, &["card expiration", "card expiration date", "expdate", "card expiry date", "expirationdate", "expirydate", "exp", "cardexpiry", "cardexpiration", "expires", "expiry mm yy", "exp date mm yy", "expiration mm yy", "expiration date mm yy", "expiry date mm yy", "month year", "month and year", "expiration month and year", "expiry month and year", "mm yy", "mm yyyy", "cc expiration date", "cc expiry date", "credit card expiration", "credit card expiration date", "cc expiration", "cc expiry", "gueltig bis", "exp mm yy"]),
    (CardCode, &["security number", "verification number", "card verification number", "cardverificationnumber", "securitycode", "security code cvv", "cvv number", "cvc number", "cvv cvc", "cvc cvv", "cvv2 cvc2", "card security code", "cardsecuritycode", "3 digits", "4 digits", "3 digit code", "4 digit code", "3 4 digit code", "3 or 4 digits", "3 or 4 digit code", "cardcvc", "cardcvv", "creditcardcvv", "cvvcode", "cvnumber", "verification value", "cc code", "cc verification", "cc cvc", "cc cvv", "cc csc", "card verification code", "cvcode", "credit card security code"]),
    (CardHolder, &["cardname", "card name", "nameoncard", "cardholdername", "account holder name", "accountholdername", "name on credit card", "name as it appears on card", "name as it appears on the card", "name as on card", "cc nameoncard", "first and last name on card", "card owner", "cardowner", "cc holder", "cc owner", "credit card name", "creditcardname", "holder name", "holdername", "cc full name", "full name on card", "name on your card", "holder", "cardholders name"]),
    (CardNumber, &["card num", "cardnum", "credit card number", "creditcardnumber", "debit card number", "credit or debit card number", "credit debit card", "credit card no", "creditcardno", "credit debit card number", "account card number", "carte numero", "cc no", "payment card number", "valid card number"]),
    (CardType, &["cardtype", "type of card", "credit card type", "creditcardtype", "card brand", "kartentyp", "kartenart", "type de carte", "tipo de tarjeta", "tipo di carta", "tipo de cartao", "kaarttype", "カード種類", "卡类型"]),
];

/// Phrases that mean nothing of the list where a part of them would.
#[rustfmt::skip]
const NOTHING: &[&str] = &[
    "answer", "your answer", "display name", "displayname", "phonetype", "mobiletype", "card holder first name", "card holder last name", "first name on card", "last name on card", "security question", "security answer", "question", "secret question", "secret answer", "mothers maiden name", "urbanization code", "urbanization", "phone type", "address type", "type of address", "address name", "address nickname", "addressname", "address book", "nickname for this address", "job title", "jobtitle", "position", "job", "website", "web site", "url", "domain name", "fax", "fax number", "faxnumber", "telefax", "currency", "language", "locale", "timezone", "time zone", "file name", "filename",
    "email preferences", "email format", "email frequency", "card on file", "saved card", "how did you hear about us", "department", "industry", "order number", "ordernumber", "order id", "tracking number", "amount", "donation amount", "gift message", "product name", "brand name", "color", "size", "sort by", "sort", "first pet", "cardholder first name", "cardholder last name", "cardholderfirstname", "cardholderlastname", "card first name", "card last name", "middle name card", "store number", "account type", "name of bank", "bank name", "year make model", "vehicle", "license plate",
];

/// Every list with its phrases, in no order: the longest phrase in a text counts.
pub(super) fn all() -> impl Iterator<Item = (Meaning, &'static str)> {
    let own = [GUEST, ACCOUNT, BOOKING, CARD].into_iter().flatten();
    let own = own.flat_map(|(meaning, phrases)| phrases.iter().map(|phrase| (*meaning, *phrase)));
    let nothing = NOTHING.iter().map(|phrase| (Unknown, *phrase));
    let shared = SHARED.iter().flat_map(|(secret, meaning)| {
        // A code to verify with may be read off an image as well as out of a message.
        let own = secret_phrases(*secret).iter().filter(|phrase| **phrase != "verification code");
        own.map(|phrase| (*meaning, *phrase))
    });
    own.chain(nothing).chain(shared)
}

/// The gate's words for secrets, and what they ask for.
const SHARED: [(SecretKind, Meaning); 7] = [
    (SecretKind::SecurityCode, CardCode),
    (SecretKind::CardExpiry, CardExpiry),
    (SecretKind::CardHolder, CardHolder),
    (SecretKind::CardNumber, CardNumber),
    (SecretKind::BankAccount, BankAccount),
    (SecretKind::Password, Password),
    (SecretKind::OneTimeCode, OneTimeCode),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::browser::fold::fold;

    #[test]
    fn every_phrase_is_folded_or_it_would_never_match() {
        for (meaning, phrase) in all() {
            assert_eq!(fold(phrase), phrase, "{meaning}");
        }
    }
}
