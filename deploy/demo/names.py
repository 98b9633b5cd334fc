# ruff: noqa: SIM905
"""The words that made-up people, schools and places are named with. Nobody and nowhere in particular."""

GIVEN = tuple(
    """
    Adi Aditya Afifah Agus Ahmad Aisyah Ajeng Alfian Amalia Amir Ana Andika Anggun Anisa Ardi Arif Arum Asep Asih Astri
    Ayu Bagus Bambang Bayu Budi Cahya Candra Citra Dadang Damar Danang Dani Darmawan Dedi Dewi Dian Dimas Dina Dini Dwi
    Edi Eka Eko Elok Endang Erlangga Erna Esti Fadli Fahmi Faisal Fajar Farah Farida Fatimah Fauzi Febri Fitri Galih
    Galuh Gilang Gita Gunawan Hadi Hafid Hana Handayani Hani Hari Hasan Hendra Heni Heru Hidayat Ibnu Ika Ilham Imam
    Indah Indra Intan Irfan Irma Iwan Jaka Jati Joko Kartika Kemala Kirana Komang Kurnia Laila Laras Lestari Lia Lilis
    Lina Luki Lukman Made Mahmud Maya Mega Melati Mira Muhamad Mulyadi Murni Nadia Nanang Nanda Naufal Nia Niken Nina
    Ningsih Novi Nur Nurul Panji Prasetyo Puji Puspa Putri Putu Rahayu Rahma Raka Rangga Ratih Ratna Reni Retno Rian
    Rina Rini Riski Rizal Rohman Rosa Sabar Safira Salma Santi Sapto Sari Satria Sekar Setyo Sigit Sinta Siti Slamet
    Sri Sugeng Suharti Sukma Sulis Sumiati Surya Susanti Taufik Teguh Tia Titik Tono Tri Tuti Ujang Umi Vina Wahyu
    Wati Wawan Wayan Widodo Wiji Wildan Winda Wisnu Wulan Yanti Yayan Yoga Yudi Yuli Yunita Yusuf Zaenal Zahra Zaki
    André Désy Ma'ruf Nur'aini Renée
    """.split()
)

FAMILY = tuple(
    """
    Abdullah Adinata Afandi Alamsyah Aminah Anggraini Apriani Ardiansyah Arifin Asmara Astuti Aziz Baskara Basuki
    Cahyani Cahyono Darmaji Darsono Daulay Effendi Fadhilah Fauziah Firdaus Firmansyah Ginting Gunadi Habibi Hakim
    Halimah Handoko Haryanto Hasanah Hasibuan Hermawan Hidayati Hutabarat Indriani Irawan Iskandar Ismail Jamaludin
    Jatmiko Kartini Khoiriyah Komarudin Kristanto Kuncoro Kurniawan Kusuma Kusumawati Laksana Latifah Lubis Mahardika
    Mahmudah Manurung Mardiana Margono Maryani Maulana Mawardi Muhtadi Mulyani Mustofa Nababan Nasution Nugraha
    Nurhayati Nurjanah Oktaviani Pamungkas Pangestu Panjaitan Pertiwi Prabowo Prakoso Pramono Pranata Purnama Purnomo
    Purwanto Puspitasari Rachman Rahmawati Ramadhani Riyadi Rohmah Rosidah Rukmana Rusdi Sahputra Saputra Saraswati
    Sasongko Setiawan Setyaningsih Simanjuntak Siregar Sitompul Soleh Subagyo Sudarsono Suhendra Sukardi Sulistyo
    Sumarni Supriadi Suryani Susilo Sutrisno Suwarno Syahrial Syarif Tanjung Trihastuti Utami Wahyuni Wardani Wibowo
    Wicaksono Widayati Widyastuti Wijaya Wijayanti Winarno Wiratama Yudhistira Yulianto Yuniarti Zulfikar
    """.split()
)

TITLES_BEFORE = ("Dr.", "Drs.", "Dra.", "H.", "Hj.", "R.", "Ir.")
TITLES_AFTER = ("S.Pd.", "S.Pd", "S.Pd., M.Pd.", "M.Pd.", "S.Pd.I", "S.Ag.", "S.Si.", "S.Kom.", "S.E.", "S.Psi.")

_PLACE_BEGINNINGS = "Karang Suka Banyu Giri Sumber Wana Kali Tirta Argo Jati Pandan Watu Rejo Candi Tegal Mulya".split()
_PLACE_ENDINGS = "asri indah jaya luhur makmur mukti raya sari tani tentrem wangi wening wulung".split()

PLACES = tuple(beginning + ending for ending in _PLACE_ENDINGS for beginning in _PLACE_BEGINNINGS)

FOUNDATIONS = tuple("Bakti Bina Cendekia Harapan Karya Mandiri Pelita Pertiwi Taruna Tunas".split())
